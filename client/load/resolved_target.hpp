// ResolvedTarget: where a run's connections go to and come from, looked up and tried once before
// the run. A value; every thread has the same.
#pragma once

#include <variant>
#include <vector>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"

namespace client::load {

struct ResolvedTarget {
  std::variant<streams::Endpoint, streams::UnixPath> address;
  std::vector<streams::Endpoint> sources;  ///< taken in turn; empty is the kernel's choice
};

}  // namespace client::load
