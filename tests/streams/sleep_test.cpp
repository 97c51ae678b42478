#include "streams/sleep.hpp"

#include <chrono>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;
using Clock = std::chrono::steady_clock;

TEST_CASE("sleep_for ends without an error, and not before its time", "[sleep]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const auto begin = Clock::now();
    const std::error_code ec = co_await streams::sleep_for(l, 20ms);
    CHECK_FALSE(ec);
    CHECK(Clock::now() - begin >= 20ms);
  }(loop));
}

TEST_CASE("sleep_until a moment that has passed returns after a turn", "[sleep]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const std::error_code ec = co_await streams::sleep_until(l, Clock::now() - 1h);
    CHECK_FALSE(ec);
    const auto when = Clock::now() + 10ms;
    const std::error_code later = co_await streams::sleep_until(l, when);
    CHECK_FALSE(later);
    CHECK(Clock::now() >= when);
  }(loop));
}

TEST_CASE("cancelling ends a sleep early, with operation_canceled", "[sleep]") {
  EventLoop loop;
  const auto begin = Clock::now();
  run(loop, [](EventLoop& l) -> Task<void> {
    CancelScope scope;
    Outcome outcome;
    TaskGroup group(l);
    group.spawn(in_scope(scope, keep_error(outcome, [&] { return streams::sleep_for(l, 1h); })));
    co_await turn(l);
    scope.cancel();
    CHECK_FALSE(outcome.done);
    co_await group.join();
    CHECK(outcome.ec == std::errc::operation_canceled);
  }(loop));
  CHECK(Clock::now() - begin < 10min);
}

TEST_CASE("shorter sleeps end before longer ones", "[sleep]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Outcome longer;
    TaskGroup group(l);
    const auto begin = Clock::now();
    group.spawn(keep_error(longer, [&] { return streams::sleep_until(l, begin + 15ms); }));
    const std::error_code ec = co_await streams::sleep_until(l, begin + 5ms);
    CHECK_FALSE(ec);
    const bool in_order = !longer.done || Clock::now() >= begin + 15ms;
    CHECK(in_order);
    co_await group.join();
    CHECK(longer.done);
  }(loop));
}
