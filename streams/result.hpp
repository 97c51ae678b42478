// Result<T>: how a Task ended, as an object: the value it returned or the exception it threw. For
// those who wait for several Tasks and want each one's end (asyncio: return_exceptions=True).
// Cancellation is no exception here: work that was cancelled returns a value, an error_code as a
// rule. Used on any one thread.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "streams/task.hpp"

namespace streams {

/// What stands for a Task's value where an object is needed: std::monostate in place of void.
template <class T>
using ValueOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
class [[nodiscard]] Result {
 public:
  /// A value.
  explicit Result(ValueOf<T> value) : value_(std::move(value)) {}
  /// `failure` is not null.
  explicit Result(std::exception_ptr failure) noexcept : failure_(std::move(failure)) {}

  /// Whether there is a value.
  explicit operator bool() const noexcept { return !failure_; }
  /// The value, which stays here; rethrows the exception if there is none.
  std::add_lvalue_reference_t<T> value() {
    rethrow();
    if constexpr (!std::is_void_v<T>) return *value_;
  }
  /// The value, moved out; rethrows the exception if there is none.
  T take() {
    rethrow();
    if constexpr (!std::is_void_v<T>) return std::move(*value_);
  }
  /// The exception; null when there is a value.
  const std::exception_ptr& failure() const noexcept { return failure_; }

 private:
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

  std::optional<ValueOf<T>> value_;
  std::exception_ptr failure_;
};

/// Calls `function`; throws nothing that it threw.
template <class Function, class T = std::decay_t<std::invoke_result_t<Function&>>>
Result<T> invoke_as_result(Function& function) noexcept {
  try {
    if constexpr (std::is_void_v<T>) {
      function();
      return Result<T>(std::monostate{});
    } else {
      return Result<T>(function());
    }
  } catch (...) {
    return Result<T>(std::current_exception());
  }
}

/// Awaits `work`; throws nothing that it threw. Cancelling who awaits it cancels `work`.
template <class T>
Task<Result<T>> as_result(Task<T> work) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(work);
      co_return Result<T>(std::monostate{});
    } else {
      T value = co_await std::move(work);
      co_return Result<T>(std::move(value));
    }
  } catch (...) {
    co_return Result<T>(std::current_exception());
  }
}

}  // namespace streams
