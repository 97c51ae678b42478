// Queue<T>: asyncio's Queue between producers and consumers of one loop, its thread. First in,
// first out, for the items and for those who wait.
//
// Where it differs from asyncio: the bound is at least 1, for a queue without one hides a consumer
// that has fallen behind; the end and a refusal are values instead of exceptions; close() and
// abort() are its shutdown(False) and shutdown(True). An item is handed to a waiting consumer
// directly, so nobody comes between. Cancelling loses no item: a put() that is cancelled has not
// moved from its item, and a get() that was handed one before it was cancelled returns it.
//
// Outlives those who wait.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

#include "streams/error.hpp"
#include "streams/event_loop.hpp"
#include "streams/intrusive_list.hpp"
#include "streams/misuse.hpp"
#include "streams/task.hpp"
#include "streams/waiter.hpp"

namespace streams {

template <class T>
class Queue {
  static_assert(std::is_nothrow_move_constructible_v<T>, "a move that throws would lose the item");

 public:
  /// `bound`: how many items wait for a consumer at most; 1 or more, else Misuse.
  Queue(EventLoop& loop, std::size_t bound) : loop_(loop), bound_(bound) {
    if (bound == 0) misuse("a Queue that is always full");
  }
  /// Calls fatal_misuse() when somebody waits.
  ~Queue() {
    if (putting_.empty() && getting_.empty() && joining_.empty()) return;
    fatal_misuse("a Queue was destroyed while somebody waits for it");
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  class Putting : public Waiter {
   public:
    bool await_ready() {
      if (queue_.put_nowait(std::move(item_))) return true;
      if (queue_.closed_) ec_ = Error::closed;
      return queue_.closed_;
    }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
      ec_ = make_cancelled();  // unless the queue takes it or refuses it
      return this->wait_in(queue_.putting_, frame);
    }
    std::error_code await_resume() const noexcept { return ec_; }

    T& item() noexcept { return item_; }
    void end(std::error_code ec) noexcept {
      ec_ = ec;
      this->wake();
    }

   protected:
    Putting(Queue& queue, T& item) noexcept : Waiter(queue.loop_), queue_(queue), item_(item) {}
    ~Putting() = default;

   private:
    Queue& queue_;
    T& item_;
    std::error_code ec_ = no_error();
  };
  class [[nodiscard]] PutAwaiter final : public Putting {
   public:
    PutAwaiter(Queue& queue, T& item) noexcept : Putting(queue, item) {}
  };
  /// A copy of the item, to be moved from.
  class CopiedItem {
   protected:
    explicit CopiedItem(const T& item) : copy_(item) {}
    ~CopiedItem() = default;
    T copy_;
  };
  class [[nodiscard]] PutCopyAwaiter final : private CopiedItem, public Putting {
   public:
    PutCopyAwaiter(Queue& queue, const T& item) : CopiedItem(item), Putting(queue, this->copy_) {}
  };

  class [[nodiscard]] GetAwaiter final : public Waiter {
   public:
    explicit GetAwaiter(Queue& queue) noexcept : Waiter(queue.loop_), queue_(queue) {}

    bool await_ready() {
      if (queue_.empty()) return queue_.closed_;
      item_.emplace(queue_.pop());
      return true;
    }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
      return this->wait_in(queue_.getting_, frame);
    }
    std::optional<T> await_resume() noexcept { return std::move(item_); }

   private:
    friend class Queue;
    Queue& queue_;
    std::optional<T> item_;
  };

  class [[nodiscard]] JoinAwaiter final : public Waiter {
   public:
    explicit JoinAwaiter(Queue& queue) noexcept : Waiter(queue.loop_), queue_(queue) {}

    bool await_ready() noexcept {
      done_ = queue_.unfinished_ == 0;
      return done_;
    }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
      return this->wait_in(queue_.joining_, frame);
    }
    bool await_resume() const noexcept { return done_; }

   private:
    friend class Queue;
    Queue& queue_;
    bool done_ = false;
  };

  /// Puts `item` at the end, once there is room. Error::closed when close() came before that,
  /// std::errc::operation_canceled when cancelled; the item is moved from only when there is no
  /// error. To be awaited in the expression that calls it: it refers to the item. Awaiting it
  /// throws std::bad_alloc; then the item was not put.
  PutAwaiter put(T&& item) noexcept { return PutAwaiter(*this, item); }
  /// The same with a copy of `item`.
  PutCopyAwaiter put(const T& item) { return PutCopyAwaiter(*this, item); }
  /// The same without waiting; false, and `item` untouched, when full or closed.
  bool put_nowait(T&& item) {
    if (closed_ || full()) return false;
    accept(item);
    return true;
  }
  /// The same with a copy, which is made where there is room.
  bool put_nowait(const T& item) {
    if (closed_ || full()) return false;
    T copy(item);
    accept(copy);
    return true;
  }

  /// The first item, once there is one. Nothing when the queue is closed and drained, and when
  /// cancelled: in both cases a consumer's loop is over. Awaiting it throws std::bad_alloc where
  /// there is no memory for the item of a waiting put(); then the queue is as it was.
  GetAwaiter get() noexcept { return GetAwaiter(*this); }
  /// The first item, if there is one.
  std::optional<T> get_nowait() {
    if (items_.empty()) return std::nullopt;
    return pop();
  }

  /// One item that a get returned has been dealt with. Throws Misuse when there is no such one.
  void task_done() {
    if (unfinished_ <= items_.size()) misuse("task_done() more often than get()");
    --unfinished_;
    tell_joining();
  }
  /// True once task_done() was called for every item that was put; false when cancelled before.
  /// Closing does not end it: what is left is still for the consumers to do.
  JoinAwaiter join() noexcept { return JoinAwaiter(*this); }

  /// No item is taken in any more. Puts that wait are refused; gets that wait find the end, later
  /// ones after what is left. Idempotent.
  void close() noexcept {
    closed_ = true;
    putting_.for_each([](Putting& putting) { putting.end(Error::closed); });
    getting_.for_each([](GetAwaiter& getting) { getting.wake(); });
  }
  /// close(), and drops what is left, which then counts as done.
  void abort() noexcept {
    close();
    unfinished_ -= items_.size();
    items_.clear();
    tell_joining();
  }

  /// Items that wait.
  std::size_t size() const noexcept { return items_.size(); }
  /// Whether none waits.
  bool empty() const noexcept { return items_.empty(); }
  /// Whether put() would wait.
  bool full() const noexcept { return items_.size() >= bound_; }
  /// Whether close() was called.
  bool is_closed() const noexcept { return closed_; }

 private:
  // Those who get wait only while there is no item, those who put only while there is no room.
  void accept(T& item) {
    if (getting_.empty()) {
      items_.push_back(std::move(item));
    } else {
      GetAwaiter& next = getting_.front();
      next.item_.emplace(std::move(item));
      next.wake();
    }
    ++unfinished_;
  }
  T pop() {
    // First what may throw, so that no item is lost.
    if (!putting_.empty()) {
      Putting& next = putting_.front();
      accept(next.item());
      next.end(no_error());
    }
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  void tell_joining() noexcept {
    if (unfinished_ != 0) return;
    joining_.for_each([](JoinAwaiter& joining) {
      joining.done_ = true;
      joining.wake();
    });
  }

  EventLoop& loop_;
  const std::size_t bound_;
  std::deque<T> items_;
  std::size_t unfinished_ = 0;  // in the queue, or got and not done
  IntrusiveList<Putting> putting_;
  IntrusiveList<GetAwaiter> getting_;
  IntrusiveList<JoinAwaiter> joining_;
  bool closed_ = false;
};

}  // namespace streams
