// Semaphore: a number of permits, given out first come, first served; asyncio's Semaphore with the
// permit as an object, so that it is released exactly once on every path. close() is ours: it wakes
// all who wait, empty-handed, for a shutdown without cancellation.
//
// Belongs to one loop, its thread; a Permit may be released on any thread.
// Outlives its permits and its loop's run().
#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "streams/event_loop.hpp"
#include "streams/intrusive_list.hpp"
#include "streams/task.hpp"
#include "streams/threadsafe_call.hpp"
#include "streams/waiter.hpp"

namespace streams {

class Semaphore;

/// The right to one of a semaphore's places; empty when there was none to be had.
class [[nodiscard]] Permit {
 public:
  Permit() = default;
  Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
  Permit& operator=(Permit&& other) noexcept {
    if (this != &other) {
      release();
      semaphore_ = std::exchange(other.semaphore_, nullptr);
    }
    return *this;
  }
  ~Permit() {
    if (semaphore_ != nullptr) release();
  }

  /// Whether there is a place.
  explicit operator bool() const noexcept { return semaphore_ != nullptr; }
  /// Any thread. Allocates nothing and cannot fail; an empty permit has nothing to release.
  void release() noexcept;
  /// Keeps the place without the object: Semaphore::give_back() releases it. For who has many to
  /// keep and knows of each anyway.
  void detach() noexcept { semaphore_ = nullptr; }

 private:
  friend class Semaphore;
  explicit Permit(Semaphore& semaphore) noexcept : semaphore_(&semaphore) {}

  Semaphore* semaphore_ = nullptr;
};

class Semaphore final : private ThreadsafeCall {
 public:
  /// With `permits` to be given out.
  Semaphore(EventLoop& loop, std::size_t permits) noexcept
      : ThreadsafeCall(loop), loop_(loop), capacity_(permits) {}
  /// Calls fatal_misuse() when somebody waits.
  ~Semaphore();
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  class [[nodiscard]] Awaiter final : public Waiter {
   public:
    explicit Awaiter(Semaphore& semaphore) noexcept
        : Waiter(semaphore.loop_), semaphore_(semaphore) {}

    bool await_ready() noexcept {
      permit_ = semaphore_.try_acquire();
      return permit_ || semaphore_.closed_;
    }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
      return wait_in(semaphore_.waiting_, frame);
    }
    Permit await_resume() noexcept { return std::move(permit_); }

   private:
    friend class Semaphore;
    Semaphore& semaphore_;
    Permit permit_;
  };

  /// A permit, in the order of asking; empty when closed or cancelled. Throws nothing. One that was
  /// handed over before the cancellation is returned.
  Awaiter acquire() noexcept { return Awaiter(*this); }
  /// A permit if one is free and nobody waits for it, else an empty one.
  Permit try_acquire() noexcept;
  /// A permit whether one is free or not, before those who wait: for who has a place already, and
  /// is only counted here from now on.
  Permit acquire_anyway() noexcept {
    ++out_;
    return Permit(*this);
  }
  /// Releases permits that were detached. On the loop's thread.
  void give_back(std::size_t permits) noexcept { release(permits); }
  /// No permit is given out any more, and those who wait are told.
  void close() noexcept;

  /// Changes the number of permits that there are. Those that are out stay out: where they are more
  /// than that, none is given until enough of them have been released.
  void resize(std::size_t permits) noexcept;

  /// Permits that can be had at once.
  std::size_t free() const noexcept { return out_ < capacity_ ? capacity_ - out_ : 0; }
  /// Permits that are out.
  std::size_t out() const noexcept { return out_; }
  /// Whether no permit is out.
  bool all_released() const noexcept { return out_ == 0; }

 private:
  friend class Permit;
  void release(std::size_t permits) noexcept;
  void serve_waiting() noexcept;
  /// Permits were released on other threads.
  void call(std::size_t permits) noexcept override { release(permits); }

  EventLoop& loop_;
  std::size_t capacity_;
  std::size_t out_ = 0;
  IntrusiveList<Awaiter> waiting_;
  bool closed_ = false;
};

}  // namespace streams
