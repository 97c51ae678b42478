// A Step: what a Flow says is to be done next. Values; how to carry one out stands in script.hpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace faults {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// Instead of a wait: no end of its own.
inline constexpr Duration no_end = Duration::max();

/// What follows on the bytes of a step.
enum class Then : std::uint8_t {
  go_on,  ///< ask again at once
  more,  ///< all is taken: ask again when there is more, or a reply has ended, or the end has come,
         ///< or after `wait`
  wait,  ///< ask again after `wait`, whatever comes meanwhile
  stop_reading,  ///< of the input: the same, and nothing is read from the peer meanwhile
  urgent,        ///< of the output: the bytes, one, are sent as urgent data; then ask again at once
  half_close,    ///< of the output: FIN; then ask again at once: all that follows is dropped
  end,           ///< the stream's own end has come and is passed on; nothing follows
  fin,           ///< a fault: FIN, what there is more of the output is dropped, the session closes
  reset          ///< a fault: RST, once all bytes of the output so far are acknowledged
};

struct Step {
  /// Bytes at the front of `available` that are done with.
  std::size_t take = 0;
  /// What is passed on, before `then`: a view of the first `take` bytes of `available`, or of
  /// memory of the Flow. It stays until the Flow, or its Script, is next asked for or told
  /// anything.
  std::string_view bytes = {};
  Then then = Then::go_on;
  /// With more, wait and stop_reading; more than 0.
  Duration wait = no_end;
  /// With wait and stop_reading: nothing ends it but the bounds.
  bool is_for_ever = false;
  /// The bytes leave in a send of their own: nothing is put in one with them.
  bool alone = false;
};

}  // namespace faults
