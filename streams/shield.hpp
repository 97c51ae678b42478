// shield: asyncio's shield(), for work that must be done all the same, such as a last flush. It
// runs in a scope of its own, which cancelling the awaiting one does not reach. What differs:
// there the awaiter leaves at once and the work runs on by itself, here the awaiter stays until the
// work has ended; it meets its own cancellation at its next wait. So `work` has an end of its own:
// put with_timeout() inside. The loop's thread only.
#pragma once

#include <type_traits>
#include <utility>

#include "streams/cancellation.hpp"
#include "streams/debug.hpp"
#include "streams/task.hpp"

namespace streams {

/// The result of `work`, or its exception; whoever was cancelled meanwhile gets it all the same.
/// Throws Misuse when there is no Task to start.
template <class T>
Task<T> shield(Task<T> work) {
  CancelScope own;
  const Debug::Nested nested(own);
  work.enter(own);
  if constexpr (std::is_void_v<T>) {
    co_await std::move(work);
  } else {
    T result = co_await std::move(work);
    co_return std::move(result);
  }
}

}  // namespace streams
