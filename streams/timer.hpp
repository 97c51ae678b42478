// One deadline of a loop: asyncio's call_later() and its TimerHandle. For deadlines that are rare
// or long; nothing on a connection's hot path starts one. The loop's thread only.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

#include "streams/event_loop.hpp"

namespace streams {

class Timer {
 public:
  /// Set to nothing.
  explicit Timer(EventLoop& loop) noexcept : loop_(loop) {}
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Takes the memory that call_later() needs, which does not throw from then on. Throws
  /// std::bad_alloc.
  void reserve();
  /// Calls `function` once after `delay`, unless cancelled or started anew before. What it throws
  /// goes to the loop's exception handler. Throws std::bad_alloc the first time, unless reserve()
  /// came before; then nothing was started. Where memory is too short for the timer to wait, it is
  /// late by no more than the shortage lasts.
  template <std::invocable Function>
  void call_later(std::chrono::steady_clock::duration delay, Function function) {
    static_assert(
        sizeof(Function) <= sizeof(Call::function) && std::is_trivially_copyable_v<Function>,
        "capture a few references or pointers");
    reserve();
    Call call;
    ::new (static_cast<void*>(call.function)) Function(function);
    call.invoke = [](EventLoop& loop, void* stored) noexcept {
      loop.call_in_turn(*std::launder(static_cast<Function*>(stored)),
                        "in a callback of call_later()");
    };
    start(delay, call);
  }
  /// The function is not called; nothing where none was to be.
  void cancel() noexcept;

 private:
  struct Call {
    void (*invoke)(EventLoop& loop, void* function) noexcept = nullptr;
    alignas(void*) std::byte function[4 * sizeof(void*)] = {};
  };
  class Wait;

  void start(std::chrono::steady_clock::duration delay, const Call& call) noexcept;

  EventLoop& loop_;
  std::shared_ptr<Wait> wait_;  // with the operation under way, which may outlive us
};

}  // namespace streams
