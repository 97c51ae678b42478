// What a run of doctor is asked to do. Plain values.
#pragma once

#include <string>
#include <vector>

#include "client/doctor/cases.hpp"
#include "streams/address.hpp"

namespace client::doctor {

struct Options {
  Way way = Way::echo;
  streams::Address target;  ///< the service, or with Way::through the proxy
  std::string target_name;
  streams::Address origin;  ///< with Way::through where doctor listens
  std::string origin_name;
  std::vector<const Case*> cases;
  bool quick = false;
  bool strict = false;
  // Files, `-` for standard output, empty for none.
  std::string json;
  std::string junit;
  std::string tap;
  std::string html;
};

/// The command that does one case again.
std::string command_of(const Options& options, Number number);

}  // namespace client::doctor
