// Task<T>: the one coroutine type. Lazy: it runs when it is awaited, or when a TaskGroup or
// EventLoop::run() starts it. It owns its frame; whoever awaits it waits until it has ended, so a
// frame is never destroyed while something it awaits is pending. One thread, its loop's.
//
// asyncio's coroutine object. What asyncio calls a Task, one that runs beside others and has a
// name, is a child of a TaskGroup here; and it is a CancelScope that is cancelled, never a Task.
//
// Starting a Task is a nested call that returns "already done" to its parent when it finished
// without waiting; only one that did wait resumes its parent from its own end. So a long run of
// awaits that complete at once uses no stack, also where the compiler makes no tail calls (-O0, the
// sanitizers), and stack depth is bounded by the depth of the await chain.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "streams/cancellation.hpp"

namespace streams {

template <class T = void>
class Task;
template <class T>
class AsyncGenerator;

[[noreturn]] void misuse_of_task(bool empty);

/// Told when a Task that nobody awaits has ended. It may destroy the Task from within the call.
class TaskObserver {
 public:
  /// It has ended.
  virtual void task_done() noexcept = 0;

 protected:
  ~TaskObserver() = default;
};

/// What the promises of all Tasks share; awaiters reach the scope of their chain through it.
class PromiseBase {
 public:
  PromiseBase() noexcept : parent_() {}
  PromiseBase(const PromiseBase&) = delete;
  PromiseBase& operator=(const PromiseBase&) = delete;

  /// Of a coroutine that has ended, or yielded: its awaiter goes on.
  struct ToParentAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> frame) const noexcept {
      return frame.promise().finish();
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  ToParentAwaiter final_suspend() const noexcept { return {}; }
  /// Out of line: in line it costs each resumption a check of the stack.
  void unhandled_exception() noexcept;

  CancelScope& scope() const noexcept { return *scope_; }

  /// That of the Task whose frame is at `address`: it lies at the same place in every Task's frame,
  /// as the first part of a promise that is no more strictly aligned than this one.
  static PromiseBase& at(void* address) noexcept {
    return std::coroutine_handle<PromiseBase>::from_address(address).promise();
  }

 protected:
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  template <class>
  friend class Task;
  template <class>
  friend class AsyncGenerator;

  std::coroutine_handle<> finish() noexcept {
    switch (at_end_) {
      case AtEnd::resume_parent: return parent_;
      case AtEnd::not_started:
      case AtEnd::parent_looks: break;
      case AtEnd::tell_observer: observer_->task_done(); break;
    }
    return std::noop_coroutine();
  }

  // A parent that is still inside await_suspend looks at done() itself.
  enum class AtEnd : std::uint8_t { not_started, resume_parent, parent_looks, tell_observer };

  union {
    std::coroutine_handle<> parent_;
    TaskObserver* observer_;
  };
  CancelScope* scope_ = nullptr;
  std::exception_ptr exception_;
  AtEnd at_end_ = AtEnd::not_started;
};

/// A coroutine that suspends in a Task's chain has a promise of this kind.
template <class Promise>
concept TaskPromise = std::derived_from<Promise, PromiseBase>;

template <class T>
class TaskPromiseOf final : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class Value = T>
  void return_value(Value&& value) {
    value_ = std::forward<Value>(value);
  }
  T take() {
    rethrow();
    if constexpr (default_first) {
      return std::move(value_);
    } else {
      return std::move(*value_);
    }
  }

 private:
  // A value that can be made empty needs no flag beside it, and a frame is kept for each
  // connection.
  static constexpr bool default_first =
      std::is_nothrow_default_constructible_v<T> && std::is_move_assignable_v<T>;

  std::conditional_t<default_first, T, std::optional<T>> value_{};
};

template <>
class TaskPromiseOf<void> final : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const { rethrow(); }
};

template <class T>
class [[nodiscard]] Task {
 public:
  /// For the compiler.
  using promise_type = TaskPromiseOf<T>;

  /// Holds nothing until another Task is moved in.
  Task() noexcept = default;
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (frame_) frame_.destroy();
      frame_ = std::exchange(other.frame_, {});
    }
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  class Awaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
    bool await_ready() const noexcept { return false; }
    template <TaskPromise Promise>
    bool await_suspend(std::coroutine_handle<Promise> parent) const {
      PromiseBase& promise = frame_.promise();
      promise.parent_ = parent;
      if (promise.scope_ == nullptr) promise.scope_ = &parent.promise().scope();
      promise.at_end_ = PromiseBase::AtEnd::parent_looks;
      frame_.resume();
      if (frame_.done()) return false;
      promise.at_end_ = PromiseBase::AtEnd::resume_parent;
      return true;
    }
    T await_resume() const { return frame_.promise().take(); }

   private:
    std::coroutine_handle<promise_type> frame_;
  };
  /// Throws Misuse when the Task is empty, or was awaited or started before.
  Awaiter operator co_await() && {
    require_unstarted();
    return Awaiter(frame_);
  }

  /// Throws Misuse when there is nothing to start: the Task is empty, or was started before.
  void require_unstarted() const {
    if (!frame_ || base().at_end_ != PromiseBase::AtEnd::not_started) misuse_of_task(!frame_);
  }
  /// Puts the Task into `scope` instead of its awaiter's. For scope makers. Throws Misuse as
  /// require_unstarted() does.
  void enter(CancelScope& scope) {
    require_unstarted();
    base().scope_ = &scope;
  }
  /// Runs the Task without an awaiter; `observer` is told of its end. enter() came before.
  void start(TaskObserver& observer) noexcept {
    base().observer_ = &observer;
    base().at_end_ = PromiseBase::AtEnd::tell_observer;
    frame_.resume();
  }
  /// The value of a Task that has ended, or its exception rethrown.
  T take() { return frame_.promise().take(); }
  /// Whether a Task that was started has ended.
  bool done() const noexcept { return frame_.done(); }
  /// The exception that ended a Task that has ended; null when it returned.
  const std::exception_ptr& failure() const noexcept { return base().exception_; }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}
  PromiseBase& base() const noexcept { return frame_.promise(); }

  std::coroutine_handle<promise_type> frame_;
};

template <class T>
Task<T> TaskPromiseOf<T>::get_return_object() noexcept {
  static_assert(alignof(TaskPromiseOf) == alignof(PromiseBase), "see PromiseBase::at()");
  return Task<T>(std::coroutine_handle<TaskPromiseOf>::from_promise(*this));
}
inline Task<void> TaskPromiseOf<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromiseOf>::from_promise(*this));
}

}  // namespace streams
