// A Worker: one thread with one EventLoop and the sessions it serves. The first worker also has
// those of the daemon's own business, which outlive the clients' at a stop. What other threads may
// call says so; all else happens on the worker's own thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/insight/registry.hpp"
#include "server/insight/session_counters.hpp"
#include "server/insight/worker_figures.hpp"
#include "server/serving/relief.hpp"
#include "server/serving/sessions.hpp"
#include "streams/buffer_budget.hpp"
#include "streams/counter.hpp"
#include "streams/event_loop.hpp"
#include "streams/threadsafe_call.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class Worker {
 public:
  /// Number `number`, counted from 0. `log` hears of the sessions, and `budget` is what the buffers
  /// count in; both outlive this.
  Worker(std::size_t number, streams::EventLoop::Options loop,
         std::chrono::milliseconds shutdown_grace, insight::SessionSubscriber& log,
         streams::BufferBudget& budget);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Registers what it counts of its loop; what it counts of a session is its listener's.
  void add_to(insight::Registry& registry) const { figures_.add_to(registry, clients_.worker); }

  /// Completes after end_intake(), once every client's session has ended. What it needs is made
  /// here, and not on the thread that runs it. Throws std::bad_alloc.
  streams::Task<void> run() { return run(clients_.run()); }
  /// Likewise for the sessions of the daemon's own business, after end_own_intake(). Of the first
  /// worker.
  streams::Task<void> run_own() { return own_.run(); }

  /// Serves a connection. Any thread, before end_intake(); one of the daemon's own on this thread,
  /// before end_own_intake(). Throws std::bad_alloc, and the connection is closed.
  void adopt(Accepted accepted);
  /// Whether that is measured, too, which costs something. Any thread.
  void set_measures(bool measures) noexcept;
  /// For an intake that ends from now on. Any thread.
  void set_shutdown_grace(std::chrono::milliseconds grace) noexcept { shutdown_grace_ = grace; }
  /// No client will come any more: ends every session gracefully, and aborts those that last longer
  /// than the grace. Any thread.
  void end_intake() noexcept { end_intake_.request(); }
  /// No connection of the daemon's own business will come any more: ends those sessions gracefully,
  /// and aborts them after a second.
  void end_own_intake() noexcept;
  /// Resets every session, and those to come. Ends nothing by itself: connections may still be on
  /// their way. Any thread.
  void abort() noexcept { abort_.request(); }

  /// Ends clients' sessions until all buffers take no more than they may. Any thread.
  void relieve() noexcept { relieve_.request(); }

  /// Has the loop count one pulse in a callback of its own; a loop that hangs does not. Any thread,
  /// as are the answers.
  void take_pulse() noexcept { take_pulse_.request(); }
  std::uint64_t pulse() const noexcept { return pulse_.value(); }
  /// Its loop has ended: nothing is to be expected of it any more. Any thread.
  void mark_ended() noexcept { ended_.store(true, std::memory_order_release); }
  bool has_ended() const noexcept { return ended_.load(std::memory_order_acquire); }

  /// Appends the state of at most `most` of the clients' sessions and as many of its own, those
  /// with the lowest numbers; how many there are. Throws std::bad_alloc.
  std::size_t list_sessions(std::size_t most, std::vector<protocols::AdminHost::Session>& out) {
    return clients_.list(most, out) + own_.list(most, out);
  }
  const EndedSessions& ended_sessions() const noexcept { return clients_.ended; }
  /// Ends the sessions of an own protocol gracefully, whose listener is there no more.
  void end_sessions_of(const protocols::Protocol& protocol) noexcept { own_.end_all_of(protocol); }
  /// Has the one of an own protocol's sessions give way that has been idle for the longest; false
  /// where none has been for long.
  bool make_room_for(const protocols::Protocol& protocol) noexcept;
  /// Ends a session, gracefully or with a reset; false if it is not here.
  bool end_session(std::uint64_t id, bool reset) noexcept {
    return clients_.end_one(id, reset) || own_.end_one(id, reset);
  }

  /// What is asked of the faults of a session; found is no if it is not here. Throws
  /// std::bad_alloc.
  protocols::AdminHost::FaultAnswer order_fault(std::uint64_t id,
                                                const protocols::AdminHost::FaultOrder& order) {
    auto answer = clients_.order_fault(id, order);
    const bool is_here = answer.found != protocols::AdminHost::Found::no;
    return is_here ? answer : own_.order_fault(id, order);
  }

  streams::EventLoop& loop() noexcept { return loop_; }
  const insight::SessionEvents& events() const noexcept { return clients_.events; }

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

  Sessions& sessions_for(const Accepted& accepted) noexcept {
    return accepted.listener->protocol.own ? own_ : clients_;
  }
  void on_end_intake(std::size_t) noexcept;
  void on_abort(std::size_t) noexcept;
  void on_set_measures(std::size_t) noexcept;
  void on_relieve(std::size_t) noexcept { relief_.begin(); }
  void on_take_pulse(std::size_t requests) noexcept { pulse_.add(requests); }
  class Measuring;
  streams::Task<void> run(streams::Task<void> clients);
  void end_intake_if_all_came() noexcept;
  void measure() noexcept;
  void measure_later() noexcept;

  std::atomic<std::chrono::milliseconds> shutdown_grace_;
  std::atomic<bool> measures_{false};
  insight::WorkerFigures figures_;
  streams::EventLoop loop_;
  insight::SessionCounters counters_;
  Sessions clients_;
  Sessions own_;
  Relief relief_;
  streams::Timer measure_timer_;
  std::chrono::steady_clock::time_point measure_due_{};
  std::chrono::steady_clock::time_point next_look_{};  // at the network
  RemoteCall end_intake_{*this, &Worker::on_end_intake};
  RemoteCall abort_{*this, &Worker::on_abort};
  RemoteCall set_measures_{*this, &Worker::on_set_measures};
  RemoteCall take_pulse_{*this, &Worker::on_take_pulse};
  RemoteCall relieve_{*this, &Worker::on_relieve};
  std::atomic<std::size_t> coming_{0};  // connections on their way from another thread
  streams::Counter pulse_;
  std::atomic<bool> ended_{false};
  bool runs_ = false;         // run() does
  bool intake_ends_ = false;  // once those that are on their way have come
};

}  // namespace server::serving
