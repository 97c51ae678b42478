// Waiter: one who waits in a line of a synchronisation object until it is woken in its turn or its
// scope is cancelled. What the awaiters of such an object have in common; the object itself says
// what waking means. The loop's thread only.
#pragma once

#include <coroutine>

#include "streams/cancellation.hpp"
#include "streams/event_loop.hpp"
#include "streams/intrusive_list.hpp"
#include "streams/task.hpp"

namespace streams {

class Waiter : public ListHook, private Cancellable {
 public:
  /// Out of the line, to be resumed soon. From here on cancelling has no effect on this wait.
  void wake() noexcept {
    unlink();
    scope_->leave();
    loop_.resume_soon(frame_);
  }

 protected:
  explicit Waiter(EventLoop& loop) noexcept : loop_(loop) {}
  ~Waiter() = default;

  /// What await_suspend() returns: false, and nothing kept, when the scope is cancelled.
  template <class Derived, TaskPromise Promise>
  bool wait_in(IntrusiveList<Derived>& line, std::coroutine_handle<Promise> frame) noexcept {
    frame_ = frame;
    scope_ = &frame.promise().scope();
    if (!scope_->enter(*this)) return false;
    line.push_back(static_cast<Derived&>(*this));
    return true;
  }

 private:
  void cancel_wait() noexcept override { wake(); }

  EventLoop& loop_;
  std::coroutine_handle<> frame_;
  CancelScope* scope_ = nullptr;
};

}  // namespace streams
