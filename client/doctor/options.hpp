// What a run of doctor is asked to do. Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/doctor/cases.hpp"
#include "client/proxy.hpp"
#include "streams/address.hpp"

namespace client::doctor {

struct Options {
  Way way = Way::echo;
  streams::Address target;  ///< the service, or with Way::through the proxy
  std::string target_name;
  streams::Address origin;  ///< with Way::through where doctor listens
  std::string origin_name;
  streams::Address behind;  ///< with Way::behind the service to which that proxy forwards
  std::string behind_name;
  streams::Address admin;  ///< who tells what its connections came to
  std::string admin_name;
  /// The header of the PROXY protocol with which a client's connections begin, where who is
  /// examined takes one.
  std::optional<Proxy> proxy;
  std::string proxy_name;
  bool expects_proxy = false;  ///< with Way::through the origin's connections begin with one
  std::vector<const Case*> cases;
  std::string reload_command;  ///< for sh; empty for none
  bool is_long = false;        ///< what is long in octets, too
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

/// Whether there are reports beside the text.
inline bool has_reports(const Options& options) {
  return !(options.json.empty() && options.junit.empty() && options.tap.empty() &&
           options.html.empty());
}

}  // namespace client::doctor
