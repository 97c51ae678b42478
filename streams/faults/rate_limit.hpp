// RateLimit: how many bytes of a stream may go on at a moment so that it keeps to a rate, decided
// without I/O. They go in small pieces: what 2 ms bring, or where that is less than 4 KiB, what
// 25 ms bring, up to 4 KiB. Who comes late, because the thread had other work, catches up, so that
// the rate is exact; who had nothing to send has nothing to catch up with. It is both the fault and
// what a listener asks for without any. A value; any one thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "streams/faults/step.hpp"

namespace faults {

class RateLimit {
 public:
  /// None: everything may go at once.
  RateLimit() noexcept : RateLimit(0, Time::min()) {}
  /// `rate` in bytes a second, at most 2^60; 0 is none.
  RateLimit(std::uint64_t rate, Time now) noexcept;

  /// How many of `wanted` bytes may go now; 0 means not before when().
  std::size_t allowed(std::size_t wanted, Time now) const noexcept;
  /// So many of them have gone.
  void went(std::size_t bytes, Time now) noexcept;
  /// From `since` until now whoever sends has waited for something else.
  void was_idle(Time since, Time now) noexcept;
  /// When the next byte may go.
  Time when() const noexcept { return due_; }
  /// Bytes of a piece.
  std::size_t piece() const noexcept { return piece_; }

 private:
  std::uint64_t rate_;
  std::size_t piece_;
  Time due_;
};

}  // namespace faults
