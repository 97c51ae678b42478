// A descriptor that is read by hand, such as a listening socket: the loop's readiness set says when
// it is worth trying again. asyncio's add_reader(), awaited. One waits at a time. The loop's
// thread; the descriptor is not ours, and is closed after this object is gone.
#pragma once

#include <coroutine>
#include <cstdint>

#include "streams/cancellation.hpp"
#include "streams/event_loop.hpp"
#include "streams/readiness.hpp"
#include "streams/task.hpp"

namespace streams {

class WatchedDescriptor final : private ReadinessSet::Handler, private Cancellable {
 public:
  /// `fd` is non-blocking. Throws std::system_error when the loop cannot watch it.
  WatchedDescriptor(EventLoop& loop, int fd);
  ~WatchedDescriptor();
  WatchedDescriptor(const WatchedDescriptor&) = delete;
  WatchedDescriptor& operator=(const WatchedDescriptor&) = delete;

  class [[nodiscard]] Awaiter final {
   public:
    explicit Awaiter(WatchedDescriptor& watched) noexcept : watched_(watched) {}

    bool await_ready() const noexcept { return false; }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
      return watched_.suspend(frame, frame.promise().scope());
    }
    /// False when cancelled.
    bool await_resume() const noexcept { return watched_.happened_; }

   private:
    WatchedDescriptor& watched_;
  };

  /// Waits until something has come since the last wait, in a turn of its own. It is told once:
  /// take all there is, or say assume_readable(). False when cancelled. Throws Misuse while another
  /// waits. This outlives the wait.
  Awaiter readable() noexcept { return Awaiter(*this); }
  /// There may be something left: the next readable() completes soon.
  void assume_readable() noexcept { ready_ = true; }

 private:
  bool suspend(std::coroutine_handle<> frame, CancelScope& scope);
  void on_ready(std::uint32_t events) noexcept override;
  void tell() noexcept;
  void cancel_wait() noexcept override;

  EventLoop& loop_;
  int fd_;
  std::coroutine_handle<> frame_;
  CancelScope* scope_ = nullptr;  // of the one who waits
  bool ready_ = false;
  bool happened_ = false;
};

}  // namespace streams
