// A Replay: which connection's faults a listener does again, as the line of its session in the log
// tells it. Plain values, any thread.
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"
#include "streams/faults/identity.hpp"

namespace server {

struct Replay {
  std::string listener;
  faults::Identity who;
};

struct ParsedReplay {
  Replay replay;
  std::string error;  ///< empty on success; else what is wrong, where, and what to do

  explicit operator bool() const noexcept { return error.empty(); }
};

/// Of a session's line, as text or JSON; whatever stands before it.
ParsedReplay parse_replay(std::string_view line);

/// Has every connection of that listener whom its faults are for meet those of this one. Why not,
/// or empty.
std::string replay_in(config::Config& config, const Replay& replay);

}  // namespace server
