// AsCompleted<T>: Tasks that run side by side, their ends consumed in the order of completion;
// asyncio's as_completed().
//
//     while (auto next = co_await completed.next()) use(next->index, next->result.value());
//
// One child's exception is its own result and leaves the others alone, as there. What differs: the
// object owns its children, so it must not be destroyed while one runs. The loop above, taken to
// its end, sees to that, also when cancelled. Whoever may leave it early says cancel() and
// join(), or has as_completed() do it, on every path. The loop's thread only.
#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "streams/cancellation.hpp"
#include "streams/event_loop.hpp"
#include "streams/result.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace streams {

/// A child's end.
template <class T>
struct Completed {
  Completed(std::size_t place, Result<T> end) : index(place), result(std::move(end)) {}
  std::size_t index;  ///< how many were spawned before it
  Result<T> result;
};

template <class T>
class AsCompleted {
 public:
  explicit AsCompleted(EventLoop& loop) noexcept : loop_(loop), group_(loop) {}
  AsCompleted(const AsCompleted&) = delete;
  AsCompleted& operator=(const AsCompleted&) = delete;

  class [[nodiscard]] NextAwaiter final : private Cancellable {
   public:
    explicit NextAwaiter(AsCompleted& completed) noexcept : completed_(completed) {}
    NextAwaiter(const NextAwaiter&) = delete;
    NextAwaiter& operator=(const NextAwaiter&) = delete;

    bool await_ready() const noexcept {
      return !completed_.ended_.empty() || completed_.group_.empty();
    }
    template <TaskPromise Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      assert(completed_.waiting_ == nullptr && "two consumers of one AsCompleted");
      frame_ = frame;
      scope_ = &frame.promise().scope();
      completed_.waiting_ = this;
      if (!scope_->enter(*this)) completed_.cancel();
    }
    std::optional<Completed<T>> await_resume() { return completed_.next_nowait(); }

   private:
    friend class AsCompleted;
    void cancel_wait() noexcept override { completed_.cancel(); }
    void wake() noexcept {
      scope_->leave();
      completed_.loop_.resume_soon(frame_);
    }

    AsCompleted& completed_;
    std::coroutine_handle<> frame_;
    CancelScope* scope_ = nullptr;
  };

  /// Starts `work` at once, as TaskGroup::spawn() does; also while others are being consumed.
  void spawn(Task<T> work) { group_.spawn(run(*this, spawned_++, std::move(work))); }
  /// The next child to end; nothing when none is left. Cancelling who waits for it cancels the
  /// children, whose results then still come. One consumer at a time.
  NextAwaiter next() noexcept { return NextAwaiter(*this); }
  /// A child that has ended and was not consumed yet, if there is one.
  std::optional<Completed<T>> next_nowait() {
    if (ended_.empty()) return std::nullopt;
    std::optional<Completed<T>> first(std::move(ended_.front()));
    ended_.pop_front();
    return first;
  }
  /// Cancels every child, and those to come.
  void cancel() noexcept { group_.cancel(); }
  /// Completes when no child runs. What has not been consumed stays, or goes with the object.
  Task<void> join() { return group_.join(); }

 private:
  static Task<void> run(AsCompleted& self, std::size_t index, Task<T> work) {
    Result<T> result = co_await as_result(std::move(work));
    self.ended_.emplace_back(index, std::move(result));
    if (self.waiting_ != nullptr) std::exchange(self.waiting_, nullptr)->wake();
  }

  EventLoop& loop_;
  TaskGroup group_;
  std::deque<Completed<T>> ended_;
  std::size_t spawned_ = 0;
  NextAwaiter* waiting_ = nullptr;
};

/// Starts all of `work`, then awaits the Task that `consume(AsCompleted<T>&)` returns, cancels what
/// still runs and waits for it; then returns what that Task returned, or throws what it threw.
/// `consume` may capture references alone when it is written inside a co_await expression: GCC 12
/// destroys a lambda there twice.
template <class T, class Consume>
std::invoke_result_t<Consume&, AsCompleted<T>&> as_completed(EventLoop& loop,
                                                             std::vector<Task<T>> work,
                                                             Consume consume) {
  AsCompleted<T> completed(loop);
  for (Task<T>& task : work) completed.spawn(std::move(task));
  auto result = co_await as_result(consume(completed));
  completed.cancel();
  co_await completed.join();
  co_return result.take();
}

}  // namespace streams
