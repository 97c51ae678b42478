// with_timeout: asyncio's wait_for(). The work that is given up on is cancelled and waited for, so
// nothing of it runs on behind one's back, and whatever it still returned is handed over.
#pragma once

#include <chrono>
#include <coroutine>
#include <system_error>
#include <type_traits>
#include <utility>

#include "streams/cancellation.hpp"
#include "streams/debug.hpp"
#include "streams/event_loop.hpp"
#include "streams/fallible.hpp"
#include "streams/task.hpp"
#include "streams/timer.hpp"

namespace streams {

/// What the work returned, and whether it was given up on for being late.
template <class T>
struct Timed {
  /// For with_timeout().
  Timed(std::error_code late, T returned) : ec(late), value(std::move(returned)) {}
  std::error_code ec;  ///< none, or std::errc::timed_out
  /// What the work returned, late or not.
  T value;
};

/// Of work that returns nothing.
template <>
struct Timed<void> {
  /// For with_timeout().
  explicit Timed(std::error_code late) noexcept : ec(late) {}
  std::error_code ec;  ///< none, or std::errc::timed_out
};

/// Of work that was not started: an empty value, which says timed_out where it can say so.
template <class T>
Timed<T> timed_out_unstarted() {
  const auto late = std::make_error_code(std::errc::timed_out);
  if constexpr (std::is_void_v<T>) {
    return Timed<void>(late);
  } else {
    static_assert(std::is_default_constructible_v<T>, "work that was not started returned nothing");
    T nothing{};
    if constexpr (Fallible<T>) error_of(nothing) = late;
    return Timed<T>(late, std::move(nothing));
  }
}

/// Awaits a Task in `inner` instead of the awaiting scope, whose cancellation it passes on.
template <class T>
class ScopedAwaiter final : private Cancellable {
 public:
  /// Throws Misuse when there is no Task to start.
  ScopedAwaiter(CancelScope& inner, Task<T>& work) : inner_(inner), awaiter_(enter(work, inner)) {}
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
  static typename Task<T>::Awaiter enter(Task<T>& work, CancelScope& scope) {
    work.enter(scope);
    return std::move(work).operator co_await();
  }
  void cancel_wait() noexcept override { inner_.cancel(); }

  CancelScope& inner_;
  CancelScope* outer_ = nullptr;
  typename Task<T>::Awaiter awaiter_;
};

/// Gives work up when its time is over. Where the loop itself stood still, as a stopped process
/// does, the work has its chance first: what came meanwhile may be what it waits for.
class Expiry {
 public:
  /// The time is that of `work`, whose scope is cancelled. Throws std::bad_alloc.
  Expiry(EventLoop& loop, CancelScope& work, std::chrono::steady_clock::duration delay)
      : work_(work), delay_(delay), timer_(loop) {
    timer_.call_later(delay, [this] { expire(); });
  }
  Expiry(const Expiry&) = delete;
  Expiry& operator=(const Expiry&) = delete;

  /// None, or std::errc::timed_out.
  const std::error_code& late() const noexcept { return late_; }

 private:
  static constexpr std::chrono::milliseconds standstill{100};
  static constexpr std::chrono::milliseconds chance{20};

  void expire() noexcept {
    const bool stood_still =
        std::chrono::steady_clock::now() - started_ - delay_ > standstill && !was_put_off_;
    if (stood_still) {
      was_put_off_ = true;
      timer_.call_later(chance, [this] { expire(); });
      return;
    }
    late_ = std::make_error_code(std::errc::timed_out);
    work_.cancel();
  }

  CancelScope& work_;
  const std::chrono::steady_clock::duration delay_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  bool was_put_off_ = false;
  std::error_code late_;
  Timer timer_;
};

/// Waits for `work`, at most `delay`; time in which the loop stood still is not held against what
/// came meanwhile. The value is what the work returned, late or not. With a delay of 0 or less the
/// work is not started and the value is a default-constructed one; one with an `ec` then has
/// std::errc::timed_out there. Throws what the work throws; Misuse when there is no Task to start.
/// Cancelling who awaits it cancels the work, and is not a time-out.
template <class T>
Task<Timed<T>> with_timeout(EventLoop& loop, std::chrono::steady_clock::duration delay,
                            Task<T> work) {
  work.require_unstarted();
  if (delay <= delay.zero()) co_return timed_out_unstarted<T>();
  CancelScope inner;
  const Debug::Nested nested(inner);
  Expiry expiry(loop, inner, delay);
  ScopedAwaiter<T> scoped(inner, work);
  if constexpr (std::is_void_v<T>) {
    co_await scoped;
    co_return Timed<void>(expiry.late());
  } else {
    T value = co_await scoped;
    co_return Timed<T>(expiry.late(), std::move(value));
  }
}

}  // namespace streams
