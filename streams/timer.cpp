#include "streams/timer.hpp"

#include <exception>
#include <utility>

#include <asio/steady_timer.hpp>

#include "streams/handler_memory.hpp"

namespace streams {

/// At most one operation of Asio's is under way at a time, in memory that is kept for it. One that
/// comes too early, because the timer was cancelled or started anew, waits again or ends.
class Timer::Wait : public std::enable_shared_from_this<Wait> {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Wait(EventLoop& loop) : loop_(loop), timer_(loop.context()) {}

  void start(Clock::time_point due, const Call& call) noexcept {
    call_ = call;
    due_ = due;
    if (waiting_) {
      if (due < timer_.expiry()) timer_.cancel();
    } else if (!pausing_) {
      wait();
    }
  }
  void cancel() noexcept {
    call_.invoke = nullptr;
    if (waiting_) timer_.cancel();
    if (std::exchange(pausing_, false)) loop_.turns().forget(this, 1);
  }

 private:
  void wait() noexcept try {
    timer_.expires_at(due_);
    // The handler must not be the last to hold this when Asio takes it down again for an exception.
    timer_.async_wait(
        use_memory(memory_, [self = shared_from_this()](const std::error_code&) { self->end(); }));
    waiting_ = true;
  } catch (const std::exception&) {
    // No room in Asio's queue of timers.
    pausing_ = true;
    loop_.turns().call_after_pause(
        [](void* self) noexcept {
          auto* const wait = static_cast<Wait*>(self);
          wait->pausing_ = false;
          wait->wait_or_call();
        },
        this);
  }

  void end() noexcept {
    waiting_ = false;
    if (call_.invoke != nullptr) wait_or_call();
  }

  // The owner may be gone when it returns, and this with it, unless a handler holds it.
  void wait_or_call() noexcept {
    if (Clock::now() < due_) return wait();
    Call call = call_;
    call_.invoke = nullptr;
    call.invoke(loop_, call.function);
  }

  EventLoop& loop_;
  asio::steady_timer timer_;
  HandlerMemory memory_;
  Call call_;
  Clock::time_point due_{};
  bool waiting_ = false;  // an operation is under way
  bool pausing_ = false;  // there was no memory for one
};

Timer::~Timer() { cancel(); }

void Timer::reserve() {
  if (!wait_) wait_ = std::make_shared<Wait>(loop_);
}

void Timer::start(std::chrono::steady_clock::duration delay, const Call& call) noexcept {
  wait_->start(std::chrono::steady_clock::now() + delay, call);
}

void Timer::cancel() noexcept {
  if (wait_) wait_->cancel();
}

}  // namespace streams
