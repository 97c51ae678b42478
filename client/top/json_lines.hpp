// What `echoline top --json` prints, echoline.top/1: an object a line for each target. Pure, any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "client/top/target_state.hpp"

namespace client::top {

/// One object, with its line feed. `time` is the time of day of the poll (RFC 3339).
std::string to_json(const TargetState& target, std::string_view time);

}  // namespace client::top
