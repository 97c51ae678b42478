// EventLoop: one thread's loop, asyncio's word and meaning. It is an Asio io_context (accepting,
// timers, signals, name look-up, posts from other threads) with an edge-triggered readiness set for
// connections nested in it. Everything that belongs to a loop is used on its thread only, save
// call_soon_threadsafe().
//
// run() takes a main Task, as asyncio.run() does, and returns when that Task and all else that it
// started have ended: a loop is left by ending its work, never by stopping it.
#pragma once

#include <chrono>
#include <concepts>
#include <memory>
#include <source_location>
#include <utility>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include "streams/buffer_pool.hpp"
#include "streams/cancellation.hpp"
#include "streams/counter.hpp"
#include "streams/debug.hpp"
#include "streams/readiness.hpp"
#include "streams/task.hpp"
#include "streams/turn_queue.hpp"

namespace streams {

/// Bytes that crossed the sockets of one loop; any thread may read them.
struct Traffic {
  Counter received;
  Counter sent;
};

class EventLoop {
 public:
  using Clock = std::chrono::steady_clock;

  struct Options {
    /// How long to spin before sleeping; 0 is not at all. A spinning loop uses a whole core and
    /// answers without the cost of being woken.
    std::chrono::microseconds busy_poll{0};
    Debug::Options debug = {};
    /// Whether spin_until() may be called: a loop that is never asked does not even look.
    bool has_alarm = false;
  };

  EventLoop() : EventLoop(Options{}) {}
  explicit EventLoop(Options options);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs `main` and what it starts on the calling thread. Returns main's result, or throws its
  /// exception, once both it and all other work of the loop have ended.
  template <class T>
  T run(Task<T> main, const std::source_location& created = std::source_location::current()) {
    Completion completion(*this);
    const Running running(*this);
    CancelScope scope;
    main.enter(scope);
    if (debug()) {
      debug()->task_created(scope, created);
      debug()->set_name(scope, "main");
    }
    readiness_.arm();
    call_soon_threadsafe([&main, &completion, &scope] {
      CancelScope::set_running(&scope);
      main.start(completion);
    });
    run_context();
    if (debug()) debug()->task_ended(scope);
    return main.take();
  }

  /// Calls `function` on this loop's thread, from any thread, in the order of the calls.
  template <std::invocable Function>
  void call_soon_threadsafe(Function function) {
    asio::post(context_, [this, function = std::move(function)]() mutable {
      turns_.begin_batch();
      function();
      turns_.end_turn();
      turns_.end_batch();
    });
  }
  /// Resumes `frame` in a turn of its own.
  void resume_soon(std::coroutine_handle<> frame) { turns_.resume_soon(frame); }

  /// Who is called at a moment, in a turn of its own.
  class Alarm {
   public:
    virtual void on_time() noexcept = 0;

   protected:
    ~Alarm() = default;
  };

  /// Spins instead of sleeping until `time`, serving all others meanwhile, and then calls `alarm`,
  /// once: for what is due in a moment and would be late by the time that a timer and a wake-up
  /// take. In place of the one that was set before. Needs Options::has_alarm.
  void spin_until(Clock::time_point time, Alarm& alarm) noexcept {
    alarm_time_ = time;
    alarm_ = &alarm;
  }
  void cancel_alarm() noexcept { alarm_ = nullptr; }
  /// How long it has spun with nothing to do: time on the processor that was no work.
  std::chrono::nanoseconds spun() const noexcept { return spun_; }

  /// Whether the caller is this loop's thread, inside run().
  bool running_in_this_thread() const noexcept { return TurnQueue::current() == &turns_; }

  /// nullptr when the loop is not in debug mode.
  Debug* debug() const noexcept { return debug_.get(); }

  asio::io_context& context() noexcept { return context_; }
  ReadinessSet& readiness() noexcept { return readiness_; }
  TurnQueue& turns() noexcept { return turns_; }
  BufferPool& buffers() noexcept { return buffers_; }
  Traffic& traffic() noexcept { return traffic_; }
  const Traffic& traffic() const noexcept { return traffic_; }

 private:
  /// Keeps the loop running until the main task has ended: what it waits for may come from another
  /// thread, of which this loop's own work shows nothing.
  struct Completion final : TaskObserver {
    explicit Completion(EventLoop& owner) : loop(owner), work(owner.context_.get_executor()) {}
    void task_done() noexcept override {
      loop.readiness_.disarm();
      work.reset();
    }
    EventLoop& loop;
    asio::executor_work_guard<asio::io_context::executor_type> work;
  };

  /// This thread's loop, for those who have no other way to it.
  class Running {
   public:
    explicit Running(EventLoop& loop) noexcept;
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    TurnQueue* const outer_turns_ = TurnQueue::current();
    Debug* const outer_debug_ = Debug::current();
  };

  void run_context();
  void spin();
  bool ring(Clock::time_point now) noexcept;

  Options options_;
  const std::unique_ptr<Debug> debug_;
  BufferPool buffers_;
  Traffic traffic_;
  mutable asio::io_context context_{1};
  TurnQueue turns_{context_};
  ReadinessSet readiness_{context_, turns_};
  Alarm* alarm_ = nullptr;
  Clock::time_point alarm_time_{};
  std::chrono::nanoseconds spun_{0};
};

}  // namespace streams
