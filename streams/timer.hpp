// One deadline of a loop: asyncio's call_later() and its TimerHandle. For deadlines that are rare
// or long; nothing on a connection's hot path starts one. The loop's thread only.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include <asio/steady_timer.hpp>

#include "streams/event_loop.hpp"

namespace streams {

class Timer {
 public:
  explicit Timer(EventLoop& loop) noexcept : loop_(loop) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Calls `function` once after `delay`, unless cancelled or started anew before. What it throws
  /// goes to the loop's exception handler. Throws std::bad_alloc; then nothing was started.
  template <std::invocable Function>
  void call_later(std::chrono::steady_clock::duration delay, Function function) {
    cancel();
    auto wait = std::make_unique<Wait>(loop_.context(), *this);
    wait_ = wait.get();
    wait_->timer.expires_after(delay);
    wait_->timer.async_wait(
        [wait = std::move(wait), function = std::move(function)](const std::error_code&) mutable {
          // The owner is gone when it cancelled: also when the expiry was already on its way.
          if (wait->owner == nullptr) return;
          EventLoop& loop = wait->owner->loop_;
          std::exchange(wait->owner, nullptr)->wait_ = nullptr;
          loop.call_in_turn(function, "in a callback of call_later()");
        });
  }
  void cancel() noexcept {
    if (wait_ == nullptr) return;
    Wait* const wait = std::exchange(wait_, nullptr);
    wait->owner = nullptr;
    wait->timer.cancel();
  }

 private:
  struct Wait {
    Wait(asio::io_context& context, Timer& timer_owner) : timer(context), owner(&timer_owner) {}
    asio::steady_timer timer;
    Timer* owner;
  };

  EventLoop& loop_;
  Wait* wait_ = nullptr;  // owned by the pending handler
};

}  // namespace streams
