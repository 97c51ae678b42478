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

#include <algorithm>
#include <coroutine>
#include <cstddef>
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
  /// The work at `place` has come to `end`.
  Completed(std::size_t place, Result<T> end) : index(place), result(std::move(end)) {}
  std::size_t index;  ///< how many were spawned before it
  /// Its value or its exception.
  Result<T> result;
};

template <class T>
class AsCompleted {
 public:
  /// For as_completed(), which knows the work.
  explicit AsCompleted(EventLoop& loop) noexcept : loop_(loop), group_(loop) {}
  AsCompleted(const AsCompleted&) = delete;
  AsCompleted& operator=(const AsCompleted&) = delete;

  class [[nodiscard]] NextAwaiter final : private Cancellable {
   public:
    explicit NextAwaiter(AsCompleted& completed) noexcept : completed_(completed) {}
    NextAwaiter(const NextAwaiter&) = delete;
    NextAwaiter& operator=(const NextAwaiter&) = delete;

    bool await_ready() const noexcept {
      return completed_.consumed_ != completed_.ended_.size() || completed_.group_.empty();
    }
    template <TaskPromise Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) {
      if (completed_.waiting_ != nullptr) misuse("two consumers of one AsCompleted");
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
  /// Throws Misuse when there is no Task to start, and std::bad_alloc; then it was not started.
  void spawn(Task<T> work) {
    work.require_unstarted();
    make_room();
    group_.spawn(run(*this, spawned_, as_result(std::move(work))));
    ++spawned_;
  }
  /// The next child to end; nothing when none is left. Cancelling who waits for it cancels the
  /// children, whose results then still come. Throws Misuse when there is another consumer.
  NextAwaiter next() noexcept { return NextAwaiter(*this); }
  /// A child that has ended and was not consumed yet, if there is one.
  std::optional<Completed<T>> next_nowait() {
    if (consumed_ == ended_.size()) return std::nullopt;
    return std::move(ended_[consumed_++]);
  }
  /// Cancels every child, and those to come.
  void cancel() noexcept { group_.cancel(); }
  /// Completes when no child runs. What has not been consumed stays, or goes with the object.
  Task<void> join() { return group_.join(); }

 private:
  /// For what runs and the next one, so that an end is never lost for lack of memory.
  void make_room() {
    ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
    const std::size_t needed = ended_.size() + running_ + 1;
    if (needed > ended_.capacity()) ended_.reserve(std::max(needed, 2 * ended_.capacity()));
  }
  static Task<void> run(AsCompleted& self, std::size_t index, Task<Result<T>> work) {
    ++self.running_;
    Result<T> result = co_await std::move(work);
    --self.running_;
    self.ended_.emplace_back(index, std::move(result));
    if (self.waiting_ != nullptr) std::exchange(self.waiting_, nullptr)->wake();
  }

  EventLoop& loop_;
  TaskGroup group_;
  std::vector<Completed<T>> ended_;  // the first consumed_ of them have been handed out
  std::size_t consumed_ = 0;
  std::size_t running_ = 0;
  std::size_t spawned_ = 0;
  NextAwaiter* waiting_ = nullptr;
};

template <class T, class Consume>
std::invoke_result_t<Consume&, AsCompleted<T>&> spawn_and_consume(AsCompleted<T>& completed,
                                                                  std::vector<Task<T>> work,
                                                                  Consume& consume) {
  for (Task<T>& task : work) completed.spawn(std::move(task));
  auto consuming = consume(completed);
  co_return co_await std::move(consuming);
}

/// Starts all of `work`, then awaits the Task that `consume(AsCompleted<T>&)` returns, cancels what
/// still runs and waits for it; then returns what that Task returned, or throws what it threw.
/// `consume` may capture references alone when it is written inside a co_await expression: GCC 12
/// destroys a lambda there twice.
template <class T, class Consume>
std::invoke_result_t<Consume&, AsCompleted<T>&> as_completed(EventLoop& loop,
                                                             std::vector<Task<T>> work,
                                                             Consume consume) {
  AsCompleted<T> completed(loop);
  // Made before there is a child, so that nothing can fail between spawn() and join().
  Task<void> joining = completed.join();
  auto consuming = as_result(spawn_and_consume(completed, std::move(work), consume));
  auto result = co_await std::move(consuming);
  completed.cancel();
  co_await std::move(joining);
  co_return result.take();
}

}  // namespace streams
