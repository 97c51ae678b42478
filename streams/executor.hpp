// Executor: a few threads for functions that block (files, parsing), and run_in_executor(),
// asyncio's loop.run_in_executor(), to await one of them. Its end waits for all of them; what may
// block for good, a name look-up above all, is for to_thread(). asyncio's default executor is
// ThreadPoolExecutor; here there is no default, the owner is plain to see.
//
// Used from any thread. Declared after the loops that it serves, so that its threads, which report
// to them, have ended before a loop is destroyed. They inherit the signal mask of the thread that
// constructs it.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/thread_pool.hpp>

#include "streams/event_loop.hpp"
#include "streams/result.hpp"
#include "streams/task.hpp"
#include "streams/threadsafe_call.hpp"

namespace streams {

class Executor {
 public:
  /// Something to be done on one of the threads; lives until then.
  class Job {
   public:
    /// Called once. The job may be gone before it returns.
    virtual void run() noexcept = 0;

   protected:
    ~Job() = default;
  };

  /// `threads`: 1 or more, else Misuse. Throws std::system_error when they cannot be started.
  explicit Executor(std::size_t threads);
  /// Waits until every job has been done.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// Queues `job`, behind what was submitted before. Throws std::bad_alloc; then it will not run.
  void submit(Job& job);

 private:
  asio::thread_pool pool_;
};

/// A call of `Function` on another thread; the await ends on the loop's.
template <class Function>
class ExecutorCall final : private Executor::Job, private ThreadsafeCall {
 public:
  using Value = std::decay_t<std::invoke_result_t<Function&>>;

  ExecutorCall(EventLoop& loop, Executor& executor, Function& function)
      : ThreadsafeCall(loop),
        executor_(executor),
        function_(function),
        work_(loop.context().get_executor()) {}
  ExecutorCall(const ExecutorCall&) = delete;
  ExecutorCall& operator=(const ExecutorCall&) = delete;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> frame) {
    frame_ = frame;
    executor_.submit(*this);
  }
  Value await_resume() { return result_->take(); }

 private:
  void run() noexcept override {
    result_.emplace(invoke_as_result(function_));
    // From here on the loop's thread may resume the frame, and this object be gone.
    request();
  }
  void call(std::size_t) noexcept override {
    work_.reset();
    frame_.resume();
  }

  Executor& executor_;
  Function& function_;
  std::optional<Result<Value>> result_;
  // The loop has nothing else to show for work on another thread.
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::coroutine_handle<> frame_;
};

/// Calls `function(args...)` on a thread of `executor`; its result, or its exception, comes to the
/// one who awaits, on `loop`'s thread. A function that has been called cannot be called back, and
/// one that waits for a thread is not: cancelling changes nothing but that the awaiter's next wait
/// is refused, and the loop runs until the function has returned. asyncio's future is cancelled at
/// once while its function runs on, with no one to see how it ends. Throws std::bad_alloc when the
/// function could not be queued.
///
/// Function and arguments are destroyed on the loop's thread; what they refer to must bear being
/// used on another.
template <class Function, class... Args>
requires std::invocable<Function&, Args...>
auto run_in_executor(EventLoop& loop, Executor& executor, Function function, Args... args)
    -> Task<std::decay_t<std::invoke_result_t<Function&, Args...>>> {
  static_assert(
      std::is_trivially_destructible_v<Function>,
      "pass what has a destructor as an argument instead of capturing it: GCC 12 destroys "
      "a lambda's captures twice when it is written inside a co_await expression");
  auto bound = [&function, &args...] { return function(std::move(args)...); };
  ExecutorCall<decltype(bound)> call(loop, executor, bound);
  co_return co_await call;
}

}  // namespace streams
