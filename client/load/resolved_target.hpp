// Where a run's connections to a target go to and come from. Plain values; every thread has the
// same.
#pragma once

#include <variant>
#include <vector>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"

namespace client::load {

using TargetAddress = std::variant<streams::Endpoint, streams::UnixPath>;

struct ResolvedTarget {
  TargetAddress address;
  std::vector<streams::Endpoint> sources;  ///< taken in turn; empty is the kernel's choice
};

}  // namespace client::load
