// A Worker: one thread with one EventLoop and the sessions it serves. What other threads may call
// says so; all else happens on the worker's own thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/insight/registry.hpp"
#include "server/insight/session_counters.hpp"
#include "server/insight/worker_figures.hpp"
#include "server/serving/session.hpp"
#include "streams/counter.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/threadsafe_call.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class Worker {
 public:
  /// Number `number`, counted from 0. `log` hears of the sessions; it outlives this.
  Worker(std::size_t number, streams::EventLoop::Options loop,
         std::chrono::milliseconds shutdown_grace, insight::SessionSubscriber& log);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Registers what it counts of its loop; what it counts of a session is its listener's.
  void add_to(insight::Registry& registry) const { figures_.add_to(registry, sessions_.worker); }

  /// Completes after end_intake(), once every session has ended.
  streams::Task<void> run();

  /// Serves a connection. Any thread, before end_intake(). Throws std::bad_alloc, and the
  /// connection is closed.
  void adopt(Accepted accepted);
  /// Whether that is measured, too, which costs something; takes effect within a second. Any
  /// thread.
  void set_measures(bool measures) noexcept { measures_ = measures; }
  /// For an intake that ends from now on. Any thread.
  void set_shutdown_grace(std::chrono::milliseconds grace) noexcept { shutdown_grace_ = grace; }
  /// There will be no more adopt(): ends every session gracefully, and aborts those that last
  /// longer than the grace. Any thread.
  void end_intake() noexcept { end_intake_.request(); }
  /// Resets every session, and those to come. Ends nothing by itself: connections may still be on
  /// their way. Any thread.
  void abort() noexcept { abort_.request(); }

  /// Has the loop count one pulse in a callback of its own; a loop that hangs does not. Any thread,
  /// as are the answers.
  void take_pulse() noexcept { take_pulse_.request(); }
  std::uint64_t pulse() const noexcept { return pulse_.value(); }
  /// run() has ended, or the loop has failed: nothing is to be expected of it any more. Any thread.
  void mark_ended() noexcept { ended_.store(true, std::memory_order_relaxed); }
  bool has_ended() const noexcept { return ended_.load(std::memory_order_relaxed); }

  /// Appends the state of at most `most` sessions, those with the lowest numbers; how many there
  /// are. Throws std::bad_alloc.
  std::size_t list_sessions(std::size_t most, std::vector<protocols::AdminHost::Session>& out);
  /// Ends the sessions of an own protocol gracefully, whose listener is there no more.
  void end_sessions_of(const protocols::Protocol& protocol) noexcept;
  /// Ends a session, gracefully or with a reset; false if it is not here.
  bool end_session(std::uint64_t id, bool reset) noexcept;

  streams::EventLoop& loop() noexcept { return loop_; }
  const insight::SessionEvents& events() const noexcept { return sessions_.events; }

 private:
  /// One of our functions, for other threads to ask for: no order may get lost for want of memory.
  class RemoteCall final : public streams::ThreadsafeCall {
   public:
    using Function = void (Worker::*)(std::size_t requests) noexcept;
    RemoteCall(Worker& worker, Function function) noexcept
        : ThreadsafeCall(worker.loop_), worker_(worker), function_(function) {}

   private:
    void call(std::size_t requests) noexcept override { (worker_.*function_)(requests); }

    Worker& worker_;
    const Function function_;
  };

  void start_session(Accepted accepted) noexcept;
  void on_end_intake(std::size_t) noexcept;
  void on_abort(std::size_t) noexcept;
  void on_take_pulse(std::size_t requests) noexcept { pulse_.add(requests); }
  void end_intake_if_all_came() noexcept;
  void abort_sessions() noexcept;
  void sweep();
  void sweep_later(std::chrono::milliseconds interval) noexcept;
  void measure(Session::Clock::time_point now) noexcept;
  void measure_networks() noexcept;
  void sweep_in_time_for(std::chrono::milliseconds idle_timeout) noexcept;
  void sweep_draining(Session::Clock::time_point until, Session::Clock::time_point own_until);

  std::atomic<std::chrono::milliseconds> shutdown_grace_;
  std::atomic<bool> measures_{false};
  insight::WorkerFigures figures_;
  streams::EventLoop loop_;
  insight::SessionCounters counters_;
  Sessions sessions_;
  streams::Event intake_ended_;
  // Allocated in advance, so that the end cannot fail for lack of memory.
  streams::Timer sweep_timer_;
  std::chrono::milliseconds sweep_interval_{};  // as the timer has been set
  Session::Clock::time_point sweep_due_{};      // likewise
  Session::Clock::time_point next_look_{};      // at the network
  std::uint64_t looks_ = 0;
  std::uint64_t session_count_ = 0;  // as of the last sweep
  streams::Timer grace_timer_;
  streams::Task<void> all_ended_;
  RemoteCall end_intake_{*this, &Worker::on_end_intake};
  RemoteCall abort_{*this, &Worker::on_abort};
  RemoteCall take_pulse_{*this, &Worker::on_take_pulse};
  std::atomic<std::size_t> coming_{0};  // connections on their way from another thread
  streams::Counter pulse_;
  std::atomic<bool> ended_{false};
  bool intake_ends_ = false;  // once those that are on their way have come
  bool aborting_ = false;
};

}  // namespace server::serving
