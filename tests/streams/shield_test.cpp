#include "streams/shield.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "streams/event.hpp"
#include "streams/task_group.hpp"
#include "streams/timeout.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::shield;
using streams::Task;
using streams::TaskGroup;

namespace {

Task<std::unique_ptr<std::string>> answer(Event& event) {
  const bool happened = co_await event.wait();
  co_return std::make_unique<std::string>(happened ? "whole" : "cut short");
}

Task<void> fails(Event& event) {
  co_await event.wait();
  throw std::runtime_error("on purpose");
}

/// Shields an answer, then waits for something else.
Task<void> shield_and_wait(Event& event, Event& after, std::string& log) {
  const auto text = co_await shield(answer(event));
  log += *text;
  const bool happened = co_await after.wait();
  log += happened ? ", then more" : ", then cancelled";
}

Task<void> shield_failure(Event& event, std::string& log) {
  try {
    co_await shield(fails(event));
    log += "nothing";
  } catch (const std::runtime_error& error) {
    log += error.what();
  }
}

Task<void> time_out_around_shield(EventLoop& loop, Event& event, std::string& log) {
  const auto timed = co_await streams::with_timeout(loop, 1ms, shield(answer(event)));
  log = *timed.value + (timed.ec == std::errc::timed_out ? ", but late" : ", in time");
}

}  // namespace

TEST_CASE("shielded work that is not cancelled is as any other", "[shield]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    std::string log;
    co_await shield_and_wait(event, event, log);
    CHECK(log == "whole, then more");
    co_await shield_failure(event, log);
    CHECK(log == "whole, then moreon purpose");
  }(loop));
}

TEST_CASE("cancelling does not reach shielded work; the awaiter meets it at its next wait",
          "[shield]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    Event never(l);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, shield_and_wait(event, never, log)));
    co_await turn(l);
    scope.cancel();
    co_await several_turns(l);
    CHECK(log.empty());
    event.set();
    co_await group.join();
    CHECK(log == "whole, then cancelled");
  }(loop));
}

TEST_CASE("shielded work runs in a scope that was cancelled before", "[shield]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    CancelScope scope;
    scope.cancel();
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, shield_and_wait(event, event, log)));
    co_await several_turns(l);
    CHECK(log.empty());
    event.set();
    co_await group.join();
    // The event has happened, so that there is nothing to wait for.
    CHECK(log == "whole, then more");
  }(loop));
}

TEST_CASE("the exception of shielded work comes through, cancelled or not", "[shield]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, shield_failure(event, log)));
    scope.cancel();
    event.set();
    co_await group.join();
    CHECK(log == "on purpose");
  }(loop));
}

TEST_CASE("a time-out inside a shield still ends the work, one around it does not", "[shield]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    const auto inside = co_await shield(streams::with_timeout(l, 1ms, answer(never)));
    CHECK(inside.ec == std::errc::timed_out);
    CHECK(*inside.value == "cut short");

    Event event(l);
    std::string log;
    TaskGroup group(l);
    group.spawn(time_out_around_shield(l, event, log));
    // Due after the time-out, which was there first.
    const std::error_code slept = co_await streams::sleep_for(l, 2ms);
    CHECK_FALSE(slept);
    co_await several_turns(l);
    CHECK(log.empty());
    event.set();
    co_await group.join();
    CHECK(log == "whole, but late");
  }(loop));
}
