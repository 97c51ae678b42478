// Deadlines: when a session has taken too long for something, decided without I/O. The worker's
// sweep tells what it sees of each session; there is no timer of a session's own, and nothing is
// noted where bytes move. The worker's thread.
#pragma once

#include <chrono>

#include "config/config.hpp"
#include "server/insight/cause.hpp"

namespace server::serving {

/// What a sweep sees of a session whose protocol is at work.
struct Progress {
  using Duration = std::chrono::steady_clock::duration;

  Duration age{};          ///< since it was accepted
  Duration silent{};       ///< since a byte moved in either direction
  Duration line{};         ///< since a line began of which the end has not come; 0 where none has
  bool has_begun = false;  ///< a byte was received, or sent, or is about to be
};

/// Which deadline of `limits` has passed, if any; of several the one that says most. One that is 0
/// never passes.
insight::Cause overdue(const config::Limits& limits, const Progress& seen) noexcept;

/// Whether the session has outlived its longest time by so much that it is not to end well any
/// more.
bool is_beyond_all_time(const config::Limits& limits, Progress::Duration age) noexcept;

/// How long a closing peer has for as many bytes as min_close_rate asks for in that time: as long
/// as one that reads slowly has for each step.
std::chrono::milliseconds close_rate_period(const config::Limits& limits) noexcept;

/// The shortest of the times that a sweep keeps; 0 where there is none.
std::chrono::milliseconds shortest_deadline(const config::Limits& limits) noexcept;

}  // namespace server::serving
