// RateLimit: how many bytes of a stream may go on at a moment so that it keeps to a rate, decided
// without I/O. They go in small pieces: what 2 ms bring, or where that is less than 4 KiB, what
// 25 ms bring, up to 4 KiB. Who comes late, because the thread had other work, catches up, so that
// the rate is exact; who had nothing to send has nothing to catch up with. A value; any one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace server::serving {

class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;

  /// `rate` in bytes a second, at most 2^40; 0 is none, and everything may go at once.
  RateLimit(std::uint64_t rate, Clock::time_point now) noexcept;

  /// How many of `wanted` bytes may go now; 0 means not before when().
  std::size_t allowed(std::size_t wanted, Clock::time_point now) const noexcept;
  /// So many of them have gone.
  void went(std::size_t bytes, Clock::time_point now) noexcept;
  /// From `since` until now whoever sends has waited for something else.
  void was_idle(Clock::time_point since, Clock::time_point now) noexcept;
  /// When the next byte may go.
  Clock::time_point when() const noexcept { return due_; }
  /// Bytes of a piece.
  std::size_t piece() const noexcept { return piece_; }

 private:
  std::uint64_t rate_;
  std::size_t piece_;
  Clock::time_point due_;
};

}  // namespace server::serving
