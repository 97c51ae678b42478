// Event: asyncio's. Something that has happened or not yet; those who wait() go on once it has. The
// loop's thread only.
#pragma once

#include <coroutine>

#include "streams/event_loop.hpp"
#include "streams/intrusive_list.hpp"
#include "streams/task.hpp"
#include "streams/waiter.hpp"

namespace streams {

class Event {
 public:
  /// Not set.
  explicit Event(EventLoop& loop) noexcept : loop_(loop) {}

  class [[nodiscard]] Awaiter final : public Waiter {
   public:
    explicit Awaiter(Event& event) noexcept : Waiter(event.loop_), event_(event) {}

    bool await_ready() noexcept {
      was_set_ = event_.is_set_;
      return was_set_;
    }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
      return wait_in(event_.waiting_, frame);
    }
    /// False when cancelled before the event.
    bool await_resume() const noexcept { return was_set_ || event_.is_set_; }

   private:
    friend class Event;
    Event& event_;
    bool was_set_ = false;
  };

  /// Completes once the event is set, at once when it is. Throws nothing.
  Awaiter wait() noexcept { return Awaiter(*this); }
  /// Whether set() was called since the last clear().
  bool is_set() const noexcept { return is_set_; }
  /// Wakes all who wait.
  void set() noexcept {
    is_set_ = true;
    waiting_.for_each([](Awaiter& waiter) {
      waiter.was_set_ = true;
      waiter.wake();
    });
  }
  /// Those who wait() from now on wait for the next set(). It takes nothing from those that the
  /// last one has woken.
  void clear() noexcept { is_set_ = false; }

 private:
  EventLoop& loop_;
  IntrusiveList<Awaiter> waiting_;
  bool is_set_ = false;
};

}  // namespace streams
