// A Worker: one thread with one EventLoop and the sessions it serves. What other threads may call
// says so; all else happens on the worker's own thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "server/insight/registry.hpp"
#include "server/insight/session_counters.hpp"
#include "server/serving/session.hpp"
#include "streams/counter.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class Worker {
 public:
  /// `log` hears of the sessions; it outlives this.
  Worker(const streams::EventLoop::Options& loop, std::chrono::milliseconds shutdown_grace,
         insight::SessionSubscriber& log);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Registers what it counts.
  void add_to(insight::Registry& registry) const;

  /// Completes after end_intake(), once every session has ended.
  streams::Task<void> run();

  /// Serves a connection. Any thread, before end_intake().
  void adopt(Accepted accepted);
  /// For an intake that ends from now on. Any thread.
  void set_shutdown_grace(std::chrono::milliseconds grace) noexcept { shutdown_grace_ = grace; }
  /// There will be no more adopt(): ends every session gracefully, and aborts those that last
  /// longer than the grace. Any thread.
  void end_intake();
  /// Resets every session, and those to come. Ends nothing by itself: connections may still be on
  /// their way. Any thread.
  void abort();

  /// Has the loop count one pulse in a callback of its own; a loop that hangs does not. Any thread,
  /// as are the answers.
  void take_pulse();
  std::uint64_t pulse() const noexcept { return pulse_.value(); }
  /// run() has ended, or the loop has failed: nothing is to be expected of it any more. Any thread.
  void mark_ended() noexcept { ended_.store(true, std::memory_order_relaxed); }
  bool has_ended() const noexcept { return ended_.load(std::memory_order_relaxed); }

  streams::EventLoop& loop() noexcept { return loop_; }
  const insight::SessionEvents& events() const noexcept { return sessions_.events; }

 private:
  void start_session(Accepted accepted) noexcept;
  void abort_sessions() noexcept;
  void sweep();
  void sweep_in_time_for(std::chrono::milliseconds idle_timeout);
  void sweep_draining(Session::Clock::time_point until);

  std::atomic<std::chrono::milliseconds> shutdown_grace_;
  streams::EventLoop loop_;
  insight::SessionCounters counters_;
  Sessions sessions_;
  streams::Event intake_ended_;
  streams::Timer sweep_timer_;
  std::chrono::milliseconds sweep_interval_{};  // as the timer has been set
  streams::Counter pulse_;
  std::atomic<bool> ended_{false};
  bool aborting_ = false;
};

}  // namespace server::serving
