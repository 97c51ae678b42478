// AsyncGenerator<T>: asynchronous generator, Python's `async def` with `yield`: a coroutine that
// awaits what it likes and yields items, to one consumer that takes them with
//
//     AsyncGenerator<Batch> batches(StreamReader& input) { ... co_yield batch; ... }
//
//     auto source = batches(input);
//     while (Batch* batch = co_await source.next()) use(*batch);
//
// Lazy: it runs while a next() is awaited, in that awaiter's scope, as a Task would that is awaited
// there, and stops at its co_yield. What it throws comes out of the next() that it was thrown in;
// after that, as after its end, next() gives nullptr.
//
// Cancelling the consumer wakes what the generator waits for with operation_canceled, a value here
// as everywhere: it may still yield what it has, and one that was given up on by a time-out around
// a single next() can be asked again.
//
// Where it differs from Python: there is no aclose(). A generator may be destroyed half-consumed,
// at its co_yield, and its locals go as they do in any scope that is left; a destructor cannot
// wait, so nothing that has to be joined, such as a TaskGroup with children, may be alive across a
// co_yield. It owns its frame. One thread, its loop's.
#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

#include "streams/misuse.hpp"
#include "streams/task.hpp"

namespace streams {

template <class T>
class AsyncGeneratorPromise final : public PromiseBase {
 public:
  AsyncGenerator<T> get_return_object() noexcept;
  /// The consumer gets the very object, which it may change or move from.
  ToParentAwaiter yield_value(T& item) noexcept {
    item_ = &item;
    return {};
  }
  ToParentAwaiter yield_value(T&& item) noexcept { return yield_value(item); }
  void return_void() const noexcept {}

 private:
  friend class AsyncGenerator<T>;

  T* item_ = nullptr;
  bool is_awaited_ = false;
};

template <class T>
class [[nodiscard]] AsyncGenerator {
  static_assert(std::is_object_v<T> && !std::is_const_v<T>,
                "items are objects, of the generator's");

 public:
  /// For the compiler.
  using promise_type = AsyncGeneratorPromise<T>;

  /// Holds nothing until another one is moved in.
  AsyncGenerator() noexcept = default;
  AsyncGenerator(AsyncGenerator&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  AsyncGenerator& operator=(AsyncGenerator&& other) noexcept {
    if (this != &other) {
      destroy();
      frame_ = std::exchange(other.frame_, {});
    }
    return *this;
  }
  /// Calls fatal_misuse() when somebody waits in next().
  ~AsyncGenerator() { destroy(); }

  class [[nodiscard]] NextAwaiter {
   public:
    explicit NextAwaiter(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
    bool await_ready() const noexcept { return frame_.done(); }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> consumer) const {
      promise_type& promise = frame_.promise();
      promise.parent_ = consumer;
      // Each time: the consumer may ask from another scope than before.
      promise.scope_ = &consumer.promise().scope();
      promise.at_end_ = PromiseBase::AtEnd::parent_looks;
      promise.item_ = nullptr;
      promise.is_awaited_ = true;
      frame_.resume();
      if (promise.item_ != nullptr || frame_.done()) return false;
      promise.at_end_ = PromiseBase::AtEnd::resume_parent;
      return true;
    }
    T* await_resume() const {
      promise_type& promise = frame_.promise();
      promise.is_awaited_ = false;
      if (promise.exception_) std::rethrow_exception(std::exchange(promise.exception_, nullptr));
      return frame_.done() ? nullptr : promise.item_;
    }

   private:
    std::coroutine_handle<promise_type> frame_;
  };
  /// The next item, which lives until the next next() or the generator's end; nullptr when there is
  /// none. Throws what the generator throws; Misuse when it is empty, when another next() waits,
  /// and when the generator asks itself.
  NextAwaiter next() {
    if (!frame_) misuse("next() of an empty AsyncGenerator");
    if (frame_.promise().is_awaited_)
      misuse("next() of an AsyncGenerator while another next() waits");
    return NextAwaiter(frame_);
  }

 private:
  friend promise_type;
  explicit AsyncGenerator(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

  void destroy() noexcept {
    if (!frame_) return;
    if (frame_.promise().is_awaited_) {
      fatal_misuse("an AsyncGenerator was destroyed while somebody waits for it");
    }
    frame_.destroy();
  }

  std::coroutine_handle<promise_type> frame_;
};

template <class T>
AsyncGenerator<T> AsyncGeneratorPromise<T>::get_return_object() noexcept {
  static_assert(alignof(AsyncGeneratorPromise) == alignof(PromiseBase), "see PromiseBase::at()");
  return AsyncGenerator<T>(std::coroutine_handle<AsyncGeneratorPromise>::from_promise(*this));
}

}  // namespace streams
