// retry: the same work again until it succeeds, with a Backoff between the attempts. asyncio leaves
// this to its users. Failing is what the work's result says, not an exception: those are bugs and
// pass through at once. The loop's thread only.
//
//     auto opened = co_await retry(loop, policy, [&] { return open_connection(loop, address); });
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>

#include "streams/backoff.hpp"
#include "streams/event_loop.hpp"
#include "streams/fallible.hpp"
#include "streams/misuse.hpp"
#include "streams/sleep.hpp"
#include "streams/task.hpp"
#include "streams/timeout.hpp"

namespace streams {

/// How often, and how long, something is tried again.
struct RetryPolicy {
  /// Of the delays.
  using Duration = std::chrono::steady_clock::duration;

  RetryPolicy() = default;

  /// How often in all the work is tried; 1 or more, else Misuse.
  unsigned attempts = 5;
  /// The ceiling of the first delay, and of all; see Backoff.
  Duration first_delay = std::chrono::milliseconds(100);
  /// The longest delay.
  Duration cap = std::chrono::seconds(10);
  /// How long it may take in all, from the first attempt's start; none is no limit.
  std::optional<Duration> deadline;
  /// Of the jitter; one's own for each of many that may fail together.
  std::uint64_t seed = 0;
};

/// One attempt. At the deadline it is cancelled and waited for, and has failed with timed_out; if
/// it succeeds even so, that counts.
template <Fallible T>
Task<T> attempt_until(EventLoop& loop,
                      std::optional<std::chrono::steady_clock::time_point> deadline, Task<T> work) {
  if (!deadline) {
    T result = co_await std::move(work);
    co_return std::move(result);
  }
  const auto left = *deadline - std::chrono::steady_clock::now();
  auto working = with_timeout(loop, left, std::move(work));
  Timed<T> timed = co_await std::move(working);
  if (timed.ec && error_of(timed.value)) error_of(timed.value) = timed.ec;
  co_return std::move(timed.value);
}

/// Awaits the Task that `factory()` returns, a fresh one for each attempt, until one has no error.
/// The result is the last attempt's, with its error: when the attempts are used up, and at once
/// when the next would begin after the deadline. Cancelled, in a delay or in an attempt that then
/// fails, there is no other, and the error is std::errc::operation_canceled; only that of an
/// attempt after which none would have come stands as it is.
///
/// `factory` may capture; it is to call a coroutine, not to be one. Inside a co_await expression
/// let it capture references alone: GCC 12 destroys a lambda there twice.
template <class Factory>
std::invoke_result_t<Factory&> retry(EventLoop& loop, RetryPolicy policy, Factory factory) {
  using Clock = std::chrono::steady_clock;
  if (policy.attempts == 0) misuse("retry() without an attempt");
  std::optional<Clock::time_point> deadline;
  if (policy.deadline) deadline = Clock::now() + *policy.deadline;
  Backoff backoff(policy.first_delay, policy.cap, policy.seed);
  for (unsigned attempt = 1;; ++attempt) {
    auto result = co_await attempt_until(loop, deadline, factory());
    if (!error_of(result) || attempt == policy.attempts) co_return std::move(result);
    const auto delay = backoff.next();
    if (deadline && Clock::now() + delay >= *deadline) co_return std::move(result);
    // Refused, and so an error, also when it was the attempt that was cancelled.
    const std::error_code slept = co_await sleep_for(loop, delay);
    if (slept) {
      error_of(result) = slept;
      co_return std::move(result);
    }
  }
}

}  // namespace streams
