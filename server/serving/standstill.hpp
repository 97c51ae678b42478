// A Standstill: since when a peer's kernel has taken nothing of what it was sent. Asked now and
// then; lives in the frame of who waits for that peer, on the worker's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

#include "streams/transport.hpp"

namespace server::serving {

class Standstill {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Standstill(const streams::Transport& transport) noexcept
      : transport_(transport), taken_(taken()), since_(Clock::now()) {}

  /// Whether it has lasted for `time`. A system call.
  bool has_lasted(Clock::duration time) noexcept {
    const auto now = Clock::now();
    const std::uint64_t taken_now = taken();
    if (std::exchange(taken_, taken_now) != taken_now) since_ = now;
    return now - since_ >= time;
  }

 private:
  std::uint64_t taken() const noexcept {
    return transport_.bytes_sent() - transport_.unacknowledged();
  }

  const streams::Transport& transport_;
  std::uint64_t taken_;
  Clock::time_point since_;
};

}  // namespace server::serving
