// Bounds: how much of a server the faults of one connection may take, so that nobody ties it up.
// For each of its two streams. Plain values.
#pragma once

#include <cstdint>
#include <limits>

#include "streams/faults/step.hpp"

namespace faults {

struct Bounds {
  /// How long faults may hold it up, all waits together, bytes and ends that are kept back too:
  /// then nothing waits any more, as after Script::hurry(). The pace of a rate or a slice does not
  /// count, but between two slices there is no more than that.
  Duration time = no_end;
  /// Bytes that are put in: what is inserted, and ranges and replies that come twice. What would be
  /// more is left out.
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace faults
