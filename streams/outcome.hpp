// Outcome<T>: how a Task ended, as a value: its result or its exception. For those who wait for
// several Tasks and want each one's end (asyncio: return_exceptions=True). Cancellation is no
// exception here: work that was cancelled has a result, which says so in its own way.
#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "streams/task.hpp"

namespace streams {

/// What stands for a Task's result where an object is needed: std::monostate in place of void.
template <class T>
using ResultOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
class [[nodiscard]] Outcome {
 public:
  explicit Outcome(ResultOf<T> result) : result_(std::move(result)) {}
  /// `failure` is not null.
  explicit Outcome(std::exception_ptr failure) noexcept : failure_(std::move(failure)) {}

  /// Whether there is a result.
  explicit operator bool() const noexcept { return !failure_; }
  /// The result, which stays here; rethrows the exception if there is none.
  std::add_lvalue_reference_t<T> value() {
    rethrow();
    if constexpr (!std::is_void_v<T>) return *result_;
  }
  /// The result, moved out; rethrows the exception if there is none.
  T take() {
    rethrow();
    if constexpr (!std::is_void_v<T>) return std::move(*result_);
  }
  /// The exception; null when there is a result.
  const std::exception_ptr& failure() const noexcept { return failure_; }

 private:
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

  std::optional<ResultOf<T>> result_;
  std::exception_ptr failure_;
};

/// Calls `function`, whatever comes of it.
template <class Function, class T = std::decay_t<std::invoke_result_t<Function&>>>
Outcome<T> outcome_of(Function& function) noexcept {
  try {
    if constexpr (std::is_void_v<T>) {
      function();
      return Outcome<T>(std::monostate{});
    } else {
      return Outcome<T>(function());
    }
  } catch (...) {
    return Outcome<T>(std::current_exception());
  }
}

/// Awaits `work`, whatever comes of it.
template <class T>
Task<Outcome<T>> settle(Task<T> work) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(work);
      co_return Outcome<T>(std::monostate{});
    } else {
      T result = co_await std::move(work);
      co_return Outcome<T>(std::move(result));
    }
  } catch (...) {
    co_return Outcome<T>(std::current_exception());
  }
}

}  // namespace streams
