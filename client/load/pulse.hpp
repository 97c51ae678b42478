// Pulse: notices that its thread stood still: stopped by a signal, on a machine that was paused, or
// with its memory fetched from a disk. A beat each 50 ms that costs nothing else; one that is late
// although the thread neither ran nor waited for a processor tells for how long. A generator's, on
// its loop; pinned.
#pragma once

#include "client/load/plan.hpp"
#include "client/load/thread_usage.hpp"
#include "streams/event_loop.hpp"
#include "streams/timer.hpp"

namespace client::load {

class Pulse {
 public:
  static constexpr Duration period = std::chrono::milliseconds{50};
  /// What is shorter is a machine's ordinary jitter.
  static constexpr Duration shortest = std::chrono::milliseconds{100};

  explicit Pulse(streams::EventLoop& loop) noexcept : loop_(loop), timer_(loop) {}

  /// The measurement begins. Throws std::bad_alloc.
  void begin();
  void end() noexcept { timer_.cancel(); }
  const Standstills& standstills() const noexcept { return standstills_; }

 private:
  void beat();

  streams::EventLoop& loop_;
  streams::Timer timer_;
  Time began_;
  ThreadUsage last_;
  Standstills standstills_;
};

}  // namespace client::load
