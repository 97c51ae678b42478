// Shedding: which sessions are closed when the buffers of all connections take more than they may,
// and when, decided without I/O. First nothing more is read that would need another buffer, and
// those who read their output make room; where that is not enough within a moment, or where far
// too much is taken, the sessions are ended that hold most and whose peers take least. One for each
// worker, which ends its part of them. The worker's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace server::serving {

class Shedding {
 public:
  using Clock = std::chrono::steady_clock;

  /// How long those who read have to make room.
  static constexpr std::chrono::milliseconds patience{250};
  /// How often to look meanwhile.
  static constexpr std::chrono::milliseconds look_interval{50};

  /// What all buffers may take when it is over. Some of what is given back is kept for the next
  /// connections, and it has to be less than what relieves the budget all the same.
  static constexpr std::size_t target_of(std::size_t limit) noexcept { return limit / 2; }

  /// In bytes.
  struct Seen {
    bool exhausted;      ///< the budget of all workers is
    std::size_t limit;   ///< of it
    std::size_t taken;   ///< of it, by all workers
    std::size_t own;     ///< of that, by this one
    std::size_t ending;  ///< of that, by sessions that are being shed already
  };

  /// How much this worker's sessions have to give back now, in bytes.
  std::size_t look(const Seen& seen, Clock::time_point now) noexcept;

  struct Holder {
    std::uint64_t id;
    std::size_t held;     ///< bytes of buffers
    std::uint64_t taken;  ///< bytes that its peer has taken since the first look
  };
  /// How many of `holders`, which it puts in the order in which they are to go, hold `bytes` or
  /// more: first those who would hold theirs for the longest at the rate at which they take.
  static std::size_t choose(std::span<Holder> holders, std::size_t bytes) noexcept;

 private:
  std::optional<Clock::time_point> since_;
};

}  // namespace server::serving
