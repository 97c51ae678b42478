// to_thread(): a function that waits for the world (a file, a name server) is called on a thread of
// its own, and whoever awaits it may give up; asyncio.to_thread(). What run_in_executor() cannot
// do: its caller always waits for the end of the function.
//
// A thread that waits in the kernel cannot be called back. When the awaiting scope is cancelled,
// the thread is left to itself: it owns all that it touches, ends when its function does, and
// nobody waits for that, not even the end of the program. The one work here that is not joined.
#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace streams {

/// What the thread and the one who awaits have in common; it goes with the last of the two.
class ThreadCall {
 public:
  explicit ThreadCall(EventLoop& loop) noexcept : loop_(&loop), ended_(loop) {}
  virtual ~ThreadCall() = default;
  ThreadCall(const ThreadCall&) = delete;
  ThreadCall& operator=(const ThreadCall&) = delete;

  /// Calls on a new thread. Throws std::system_error where there can be none.
  static void start(std::shared_ptr<ThreadCall> call);

  /// On the loop's thread.
  Event& ended() noexcept { return ended_; }

  /// Keeps the thread from the loop from here on; made where the call is awaited.
  class Interest {
   public:
    explicit Interest(ThreadCall& call) noexcept : call_(call) {}
    ~Interest();
    Interest(const Interest&) = delete;
    Interest& operator=(const Interest&) = delete;

   private:
    ThreadCall& call_;
  };

 private:
  virtual void call() noexcept = 0;
  static void tell(const std::shared_ptr<ThreadCall>& call) noexcept;

  std::mutex mutex_;
  EventLoop* loop_;  // null once nobody is interested
  Event ended_;
};

template <class Function, class... Args>
class ThreadCallOf final : public ThreadCall {
 public:
  using Result = std::decay_t<std::invoke_result_t<Function&, Args...>>;

  ThreadCallOf(EventLoop& loop, Function function, Args... args)
      : ThreadCall(loop), function_(std::move(function)), args_(std::move(args)...) {}

  /// The result, or the exception; after ended().
  Result take() {
    if (failure_) std::rethrow_exception(failure_);
    return std::move(*result_);
  }

 private:
  void call() noexcept override try {
    result_.emplace(std::apply(
        [this](Args&... args) -> Result { return std::invoke(function_, std::move(args)...); },
        args_));
  } catch (...) {
    failure_ = std::current_exception();
  }

  Function function_;
  std::tuple<Args...> args_;
  std::optional<Result> result_;
  std::exception_ptr failure_;
};

/// Calls `function(args...)`, which returns something, on a new thread. Its result, or its
/// exception, comes to the one who awaits, on `loop`'s thread; std::nullopt as soon as the awaiting
/// scope is cancelled, while the function runs on. Function and arguments are moved to the thread
/// and must not refer to what may be gone before it. Throws std::system_error where there can be no
/// thread. The thread inherits the caller's signal mask.
template <class Function, class... Args>
requires std::invocable<Function&, Args...>
auto to_thread(EventLoop& loop, Function function, Args... args)
    -> Task<std::optional<typename ThreadCallOf<Function, Args...>::Result>> {
  const auto call = std::make_shared<ThreadCallOf<Function, Args...>>(loop, std::move(function),
                                                                      std::move(args)...);
  const ThreadCall::Interest interest(*call);
  ThreadCall::start(call);
  const bool ended = co_await call->ended().wait();
  if (!ended) co_return std::nullopt;
  co_return call->take();
}

}  // namespace streams
