#include "streams/retry.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "streams/event.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::retry;
using streams::RetryPolicy;
using streams::Task;
using streams::TaskGroup;
using Clock = std::chrono::steady_clock;

namespace {

/// Fails `failures` times, each time with another error, and counts the calls.
struct Flaky {
  int failures;
  int calls = 0;
  std::error_code next() {
    ++calls;
    if (calls > failures) return {};
    return std::error_code(calls, std::generic_category());
  }
};

Task<std::error_code> attempt(EventLoop& loop, Flaky& flaky) {
  co_await turn(loop);
  co_return flaky.next();
}

/// A result that has its error beside a value that cannot be copied.
struct Found {
  std::error_code ec;
  std::unique_ptr<std::string> text;
};

Task<Found> find(Flaky& flaky) {
  Found found;
  found.ec = flaky.next();
  found.text = std::make_unique<std::string>("try " + std::to_string(flaky.calls));
  co_return std::move(found);
}

/// Hangs until cancelled, then returns `ec`.
Task<std::error_code> hang(Event& never, Flaky& flaky, std::error_code ec) {
  ++flaky.calls;
  co_await never.wait();
  co_return ec;
}

Task<std::error_code> throws(Flaky& flaky) {
  ++flaky.calls;
  throw std::runtime_error("on purpose");
  co_return {};
}

/// `attempts` without a delay.
RetryPolicy at_once(unsigned attempts) {
  RetryPolicy policy;
  policy.attempts = attempts;
  policy.first_delay = 0ms;
  return policy;
}

/// Delays that no test waits for.
RetryPolicy in_hours(unsigned attempts) {
  RetryPolicy policy;
  policy.attempts = attempts;
  policy.first_delay = policy.cap = 10h;
  policy.seed = 1;
  return policy;
}

}  // namespace

TEST_CASE("retry stops at the first success", "[retry]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Flaky flaky{2};
    const std::error_code ec = co_await retry(l, at_once(10), [&] { return attempt(l, flaky); });
    CHECK_FALSE(ec);
    CHECK(flaky.calls == 3);
    Flaky good{0};
    const std::error_code none = co_await retry(l, in_hours(10), [&] { return attempt(l, good); });
    CHECK_FALSE(none);
    CHECK(good.calls == 1);
  }(loop));
}

TEST_CASE("when the attempts are used up the last error comes out", "[retry]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Flaky flaky{100};
    const std::error_code ec = co_await retry(l, at_once(4), [&] { return attempt(l, flaky); });
    CHECK(ec == std::error_code(4, std::generic_category()));
    CHECK(flaky.calls == 4);
    Flaky once{100};
    const std::error_code first = co_await retry(l, in_hours(1), [&] { return attempt(l, once); });
    CHECK(first == std::error_code(1, std::generic_category()));
    CHECK(once.calls == 1);
  }(loop));
}

TEST_CASE("a result with an error beside a value is retried and handed over whole", "[retry]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Flaky flaky{2};
    const Found found = co_await retry(l, at_once(10), [&] { return find(flaky); });
    CHECK_FALSE(found.ec);
    CHECK(*found.text == "try 3");
    Flaky bad{100};
    const Found last = co_await retry(l, at_once(2), [&] { return find(bad); });
    CHECK(last.ec == std::error_code(2, std::generic_category()));
    CHECK(*last.text == "try 2");
  }(loop));
}

TEST_CASE("there is a delay between attempts, and none after the last", "[retry]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    RetryPolicy policy;
    policy.attempts = 3;
    policy.first_delay = 20ms;
    policy.seed = 5;
    streams::Backoff backoff(policy.first_delay, policy.cap, policy.seed);
    const auto first = backoff.next();
    const auto second = backoff.next();
    Flaky flaky{100};
    const auto begin = Clock::now();
    const std::error_code ec = co_await retry(l, policy, [&] { return attempt(l, flaky); });
    CHECK(ec);
    CHECK(Clock::now() - begin >= first + second);
    CHECK(first + second > 0ms);
  }(loop));
}

TEST_CASE("cancelling ends a retry in its delay at once", "[retry]") {
  EventLoop loop;
  const auto begin = Clock::now();
  run(loop, [](EventLoop& l) -> Task<void> {
    CancelScope scope;
    Flaky flaky{100};
    Outcome outcome;
    TaskGroup group(l);
    group.spawn(in_scope(scope, keep_error(outcome, [&] {
                           return retry(l, in_hours(10), [&] { return attempt(l, flaky); });
                         })));
    co_await until(l, [&] { return flaky.calls == 1; });
    co_await several_turns(l);
    CHECK_FALSE(outcome.done);
    scope.cancel();
    co_await group.join();
    CHECK(outcome.ec == std::errc::operation_canceled);
    CHECK(flaky.calls == 1);
  }(loop));
  CHECK(Clock::now() - begin < 10min);
}

TEST_CASE("cancelling ends a retry in an attempt, whatever error that reports", "[retry]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    for (const std::errc reported : {std::errc::operation_canceled, std::errc::io_error}) {
      Event never(l);
      CancelScope scope;
      Flaky flaky{100};
      Outcome outcome;
      TaskGroup group(l);
      group.spawn(in_scope(scope, keep_error(outcome, [&] {
                             return retry(l, at_once(10), [&] {
                               return hang(never, flaky, std::make_error_code(reported));
                             });
                           })));
      co_await several_turns(l);
      CHECK(flaky.calls == 1);
      scope.cancel();
      co_await group.join();
      CHECK(outcome.ec == std::errc::operation_canceled);
      CHECK(flaky.calls == 1);
    }
  }(loop));
}

TEST_CASE("an attempt that succeeds though it was cancelled counts", "[retry]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    CancelScope scope;
    Flaky flaky{0};
    Outcome outcome;
    TaskGroup group(l);
    group.spawn(in_scope(scope, keep_error(outcome, [&] {
                           return retry(l, at_once(10), [&] { return hang(never, flaky, {}); });
                         })));
    scope.cancel();
    co_await group.join();
    CHECK(outcome.done);
    CHECK_FALSE(outcome.ec);

    // The same at the deadline.
    RetryPolicy policy = at_once(10);
    policy.deadline = 1ms;
    const std::error_code ec = co_await retry(l, policy, [&] { return hang(never, flaky, {}); });
    CHECK_FALSE(ec);
    CHECK(flaky.calls == 2);
  }(loop));
}

TEST_CASE("the deadline ends a hanging attempt, which is the last, as timed out", "[retry]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    Flaky flaky{100};
    RetryPolicy policy = at_once(10);
    policy.deadline = 100ms;
    const auto begin = Clock::now();
    const std::error_code ec = co_await retry(l, policy, [&] {
      return hang(never, flaky, std::make_error_code(std::errc::operation_canceled));
    });
    CHECK(ec == std::errc::timed_out);
    CHECK(flaky.calls == 1);
    CHECK(Clock::now() - begin >= 100ms);
  }(loop));
}

TEST_CASE("a delay that would pass the deadline is not begun: the last error comes out at once",
          "[retry]") {
  EventLoop loop;
  const auto begin = Clock::now();
  run(loop, [](EventLoop& l) -> Task<void> {
    RetryPolicy policy = in_hours(10);
    policy.deadline = streams::Backoff(policy.first_delay, policy.cap, policy.seed).next() - 1s;
    REQUIRE(*policy.deadline > 10min);
    Flaky flaky{100};
    const std::error_code ec = co_await retry(l, policy, [&] { return attempt(l, flaky); });
    CHECK(ec == std::error_code(1, std::generic_category()));
    CHECK(flaky.calls == 1);
  }(loop));
  CHECK(Clock::now() - begin < 10min);
}

TEST_CASE("a deadline that is far away changes nothing, and leaves no timer behind", "[retry]") {
  EventLoop loop;
  const auto begin = Clock::now();
  run(loop, [](EventLoop& l) -> Task<void> {
    RetryPolicy policy = at_once(10);
    policy.deadline = 10h;
    Flaky flaky{2};
    const Found found = co_await retry(l, policy, [&] { return find(flaky); });
    CHECK_FALSE(found.ec);
    CHECK(*found.text == "try 3");
  }(loop));
  CHECK(Clock::now() - begin < 10min);
}

TEST_CASE("an exception is no failure to be retried: it passes through at once", "[retry]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Flaky flaky{100};
    bool thrown = false;
    try {
      const std::error_code ec = co_await retry(l, at_once(10), [&] { return throws(flaky); });
      static_cast<void>(ec);
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown);
    CHECK(flaky.calls == 1);
  }(loop));
}
