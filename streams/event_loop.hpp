// EventLoop: one thread's loop, asyncio's word and meaning. It is an Asio io_context (timers, posts
// from other threads) with an edge-triggered readiness set, for connections, listening sockets and
// signals, nested in it. Everything that belongs to a loop is used on its thread only, save
// call_soon_threadsafe() and what a ThreadsafeCall does.
//
// run() takes a main Task, as asyncio.run() does, and returns when that Task and all else that it
// started have ended: a loop is left by ending its work, never by stopping it.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <source_location>
#include <utility>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include "streams/buffer_pool.hpp"
#include "streams/cancellation.hpp"
#include "streams/counter.hpp"
#include "streams/debug.hpp"
#include "streams/readiness.hpp"
#include "streams/spinning.hpp"
#include "streams/task.hpp"
#include "streams/threadsafe_call.hpp"
#include "streams/turn_queue.hpp"

namespace streams {

/// Bytes that crossed the sockets of one loop, or of some of its connections; any thread may read
/// them.
struct Traffic {
  /// From all peers.
  Counter received;
  /// To all peers.
  Counter sent;
};

class EventLoop {
 public:
  /// Of all times here.
  using Clock = std::chrono::steady_clock;

  /// What a loop is made with.
  struct Options {
    Options() = default;
    /// The usual, with `spin` for busy_poll.
    explicit Options(std::chrono::microseconds spin) : busy_poll(spin) {}

    /// How long to spin before sleeping; 0 is not at all. A spinning loop uses a whole core and
    /// answers without the cost of being woken; one that has to share it sleeps instead.
    std::chrono::microseconds busy_poll{0};
    /// Debug mode, asyncio's set_debug() and slow_callback_duration.
    Debug::Options debug = {};
    /// Whether set_alarm() may be called: a loop that is never asked does not even look.
    bool has_alarm = false;
    /// For how long before an alarm to spin instead of sleeping, where the scheduler leaves the
    /// thread the processor: waking up takes tens of microseconds.
    std::chrono::nanoseconds awake_before_alarm{0};
  };

  EventLoop() : EventLoop(Options{}) {}
  /// Throws std::system_error when the kernel has no epoll set for it, and std::bad_alloc.
  explicit EventLoop(Options options);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs `main` and what it starts on the calling thread. Returns main's result, or throws its
  /// exception, once both it and all other work of the loop have ended. Throws Misuse when the loop
  /// runs already and when there is no Task to start, and std::bad_alloc; then nothing was started.
  template <class T>
  T run(Task<T> main, const std::source_location& created = std::source_location::current()) {
    const Running running(*this);
    Completion completion(*this);
    CancelScope scope;
    main.enter(scope);
    if (debug()) {
      debug()->task_created(scope, created);
      debug()->set_name(scope, "main");
    }
    start([&main, &completion, &scope] {
      CancelScope::set_running(&scope);
      main.start(completion);
    });
    run_context();
    if (debug()) debug()->task_ended(scope);
    return main.take();
  }

  /// Calls `function` on this loop's thread, from any thread, in the order of the calls. What it
  /// throws goes to the exception handler. Throws std::bad_alloc; who must not fail has a
  /// ThreadsafeCall.
  template <std::invocable Function>
  void call_soon_threadsafe(Function function) {
    asio::post(context_, [this, function = std::move(function)]() mutable {
      call_in_turn(function, "in a callback of call_soon_threadsafe()");
    });
  }
  /// Calls `function` in a turn of its own, from a handler of the io_context. What it throws goes
  /// to the exception handler.
  template <std::invocable Function>
  void call_in_turn(Function& function, const char* where) noexcept {
    turns_.begin_batch();
    try {
      function();
    } catch (...) {
      call_exception_handler(where, std::current_exception());
    }
    turns_.end_turn();
    turns_.end_batch();
  }

  /// Told of an exception that nobody waits for, and where it was thrown, in a few words.
  using ExceptionHandler = std::function<void(const char* where, const std::exception_ptr&)>;
  /// asyncio's. By default, or when it is empty, a line on standard error. The loop goes on.
  void set_exception_handler(ExceptionHandler handler) noexcept {
    exception_handler_ = std::move(handler);
  }
  /// Reports an exception that nobody waits for. What the handler throws itself is printed.
  void call_exception_handler(const char* where, const std::exception_ptr& exception) noexcept;

  /// Resumes `frame` in a turn of its own.
  void resume_soon(std::coroutine_handle<> frame) { turns_.resume_soon(frame); }

  /// Who is called at a moment, in a turn of its own.
  class Alarm {
   public:
    /// The moment has come.
    virtual void on_time() noexcept = 0;

   protected:
    ~Alarm() = default;
  };

  /// Calls `alarm` at `time`, once, and not before; in place of the one that was set before. Costs
  /// no system call where that is within a millisecond: the loop sleeps for no longer. Timers and
  /// posts of other threads may then be late by a millisecond. Needs Options::has_alarm.
  void set_alarm(Clock::time_point time, Alarm& alarm) noexcept {
    alarm_time_ = time;
    alarm_ = &alarm;
  }
  /// The alarm does not ring any more.
  void cancel_alarm() noexcept;
  /// How long it has spun with nothing to do: time on the processor that was no work.
  std::chrono::nanoseconds spun() const noexcept { return spinning_.spent(); }

  /// Whether the caller is this loop's thread, inside run().
  bool running_in_this_thread() const noexcept { return TurnQueue::current() == &turns_; }

  /// nullptr when the loop is not in debug mode.
  Debug* debug() const noexcept { return debug_.get(); }

  /// For Asio's own objects: timers, signal sets; see await_asio.hpp.
  asio::io_context& context() noexcept { return context_; }
  /// For who watches a descriptor.
  ReadinessSet& readiness() noexcept { return readiness_; }
  /// For awaiters and streams.
  TurnQueue& turns() noexcept { return turns_; }
  /// For ThreadsafeCall.
  ThreadsafeCall::Requests& threadsafe_calls() noexcept { return threadsafe_calls_; }
  /// For streams.
  BufferPool& buffers() noexcept { return buffers_; }
  /// For streams, which count.
  Traffic& traffic() noexcept { return traffic_; }
  /// What has been counted.
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

  /// That the loop runs; and this thread's loop, for those who have no other way to it.
  class Running {
   public:
    explicit Running(EventLoop& loop);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    EventLoop& loop_;
    TurnQueue* const outer_turns_ = TurnQueue::current();
    Debug* const outer_debug_ = Debug::current();
  };

  template <class Function>
  void start(Function function) {
    readiness_.arm();
    try {
      call_soon_threadsafe(std::move(function));
    } catch (...) {
      readiness_.disarm();
      throw;
    }
  }
  void run_context() noexcept;
  void run_until_done();
  void poll();
  std::chrono::nanoseconds sleep_before_alarm(Clock::time_point now) noexcept;
  void wake_context(Clock::time_point time);
  bool ring(Clock::time_point now) noexcept;

  Options options_;
  const std::unique_ptr<Debug> debug_;
  BufferPool buffers_;
  Traffic traffic_;
  ExceptionHandler exception_handler_;
  std::atomic<bool> running_{false};
  // Before the context, which has operations in it.
  ThreadsafeCall::Requests threadsafe_calls_{context_, turns_};
  mutable asio::io_context context_{1};
  TurnQueue turns_{context_};
  ReadinessSet readiness_{context_, turns_};
  Alarm* alarm_ = nullptr;
  Clock::time_point alarm_time_{};
  // For an alarm that is far off: the io_context sleeps until shortly before.
  asio::steady_timer wake_up_{context_};
  Clock::time_point wake_up_time_{};  // zero when none is set
  Spinning spinning_;
};

}  // namespace streams
