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
  explicit Event(EventLoop& loop) noexcept : loop_(loop) {}

  class [[nodiscard]] Awaiter final : public Waiter {
   public:
    explicit Awaiter(Event& event) noexcept : Waiter(event.loop_), event_(event) {}

    bool await_ready() const noexcept { return event_.is_set_; }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
      return wait_in(event_.waiting_, frame);
    }
    /// False when cancelled before the event.
    bool await_resume() const noexcept { return event_.is_set_; }

   private:
    Event& event_;
  };

  Awaiter wait() noexcept { return Awaiter(*this); }
  bool is_set() const noexcept { return is_set_; }
  void set() noexcept {
    is_set_ = true;
    waiting_.for_each([](Awaiter& waiter) { waiter.wake(); });
  }
  /// Those who wait() from now on wait for the next set(). One whose wait has ended and who has not
  /// gone on yet finds the event not to have happened.
  void clear() noexcept { is_set_ = false; }

 private:
  EventLoop& loop_;
  IntrusiveList<Awaiter> waiting_;
  bool is_set_ = false;
};

}  // namespace streams
