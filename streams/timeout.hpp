// with_timeout: asyncio's wait_for(). The work that is given up on is cancelled and waited for, so
// nothing of it runs on behind one's back, and whatever it still returned is handed over.
#pragma once

#include <chrono>
#include <coroutine>
#include <system_error>
#include <utility>

#include "streams/cancellation.hpp"
#include "streams/debug.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/timer.hpp"

namespace streams {

/// What the work returned, and whether it was cancelled for being late.
template <class T>
struct Timed {
  std::error_code ec;  ///< none, or std::errc::timed_out
  T value;
};

/// Awaits a Task in `inner` instead of the awaiting scope, whose cancellation it passes on.
template <class T>
class ScopedAwaiter final : private Cancellable {
 public:
  ScopedAwaiter(CancelScope& inner, Task<T>& work) noexcept
      : inner_(inner), awaiter_(enter(work, inner)) {}
  ScopedAwaiter(const ScopedAwaiter&) = delete;
  ScopedAwaiter& operator=(const ScopedAwaiter&) = delete;

  bool await_ready() const noexcept { return false; }
  template <TaskPromise Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    outer_ = &frame.promise().scope();
    if (!outer_->enter(*this)) inner_.cancel();
    return awaiter_.await_suspend(frame);
  }
  T await_resume() const {
    outer_->leave();
    return awaiter_.await_resume();
  }

 private:
  static typename Task<T>::Awaiter enter(Task<T>& work, CancelScope& scope) noexcept {
    work.enter(scope);
    return std::move(work).operator co_await();
  }
  void cancel_wait() noexcept override { inner_.cancel(); }

  CancelScope& inner_;
  CancelScope* outer_ = nullptr;
  typename Task<T>::Awaiter awaiter_;
};

/// Waits for `work`, at most `delay`.
template <class T>
Task<Timed<T>> with_timeout(EventLoop& loop, std::chrono::steady_clock::duration delay,
                            Task<T> work) {
  CancelScope inner;
  const Debug::Nested nested(inner);
  std::error_code late;
  Timer timer(loop);
  timer.call_later(delay, [&inner, &late] {
    late = std::make_error_code(std::errc::timed_out);
    inner.cancel();
  });
  ScopedAwaiter<T> scoped(inner, work);
  T value = co_await scoped;
  co_return Timed<T>{late, std::move(value)};
}

}  // namespace streams
