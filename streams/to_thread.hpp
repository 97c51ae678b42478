// to_thread(): a function that waits for the world (a file, a name server) is called on a thread of
// its own, and whoever awaits it may give up; asyncio.to_thread(). What run_in_executor() cannot
// do: its caller always waits for the end of the function.
//
// A thread that waits in the kernel cannot be called back. When the awaiting scope is cancelled,
// the thread is left to itself: it owns all that it touches, ends when its function does, and
// nobody waits for that, not even the end of the program. The one work here that is not joined.
#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/threadsafe_call.hpp"

namespace streams {

/// What the thread and the one who awaits have in common; it goes with the last of the two.
class ThreadCall {
 public:
  ThreadCall() = default;
  virtual ~ThreadCall() = default;
  ThreadCall(const ThreadCall&) = delete;
  ThreadCall& operator=(const ThreadCall&) = delete;

  /// How many that were given up may still run: their number is bounded, whatever the world does.
  static constexpr int most_abandoned = 64;

  /// Calls on a new thread. Throws std::system_error where there can be none, and, as EBUSY, where
  /// most_abandoned have been given up and have not ended.
  static void start(std::shared_ptr<ThreadCall> call);

  /// Of the one who awaits: told of the end for as long as it lives. The loop's thread.
  class Interest final : private ThreadsafeCall {
   public:
    Interest(EventLoop& loop, ThreadCall& call) noexcept;
    /// Waits for a thread that is in the middle of telling, because the loop may be gone after
    /// this.
    ~Interest();
    Event& ended() noexcept { return ended_; }

   private:
    friend class ThreadCall;
    void call(std::size_t) noexcept override { ended_.set(); }

    ThreadCall& thread_call_;
    Event ended_;
    // The loop has nothing else to show for work on another thread.
    asio::executor_work_guard<asio::io_context::executor_type> work_;
  };

 private:
  virtual void call() noexcept = 0;
  void tell() noexcept;

  std::mutex mutex_;
  Interest* interest_ = nullptr;  // null once it was given up
  bool started_ = false;
  bool ended_ = false;
};

template <class Function, class... Args>
class ThreadCallOf final : public ThreadCall {
 public:
  using Value = std::decay_t<std::invoke_result_t<Function&, Args...>>;

  explicit ThreadCallOf(Function function, Args... args)
      : function_(std::move(function)), args_(std::move(args)...) {}

  /// The result, or the exception; once, after ended(). Nothing of either stays for the thread,
  /// which may let go of this later.
  Value take() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return std::move(*result_);
  }

 private:
  void call() noexcept override try {
    result_.emplace(std::apply(
        [this](Args&... args) -> Value { return std::invoke(function_, std::move(args)...); },
        args_));
  } catch (...) {
    failure_ = std::current_exception();
  }

  Function function_;
  std::tuple<Args...> args_;
  std::optional<Value> result_;
  std::exception_ptr failure_;
};

/// Calls `function(args...)`, which returns something, on a new thread. Its result, or its
/// exception, comes to the one who awaits, on `loop`'s thread; std::nullopt as soon as the awaiting
/// scope is cancelled, while the function runs on. Function and arguments are moved to the thread
/// and must not refer to what may be gone before it. Throws std::system_error where there can be no
/// thread, and where most_abandoned that were given up have not ended. The thread inherits the
/// caller's signal mask.
template <class Function, class... Args>
requires std::invocable<Function&, Args...>
auto to_thread(EventLoop& loop, Function function, Args... args)
    -> Task<std::optional<typename ThreadCallOf<Function, Args...>::Value>> {
  const auto call =
      std::make_shared<ThreadCallOf<Function, Args...>>(std::move(function), std::move(args)...);
  ThreadCall::Interest interest(loop, *call);
  ThreadCall::start(call);
  const bool ended = co_await interest.ended().wait();
  if (!ended) co_return std::nullopt;
  co_return call->take();
}

}  // namespace streams
