#include "streams/outcome.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "streams/event_loop.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::EventLoop;
using streams::settle;
using streams::Task;

namespace {

Task<std::unique_ptr<int>> make(EventLoop& loop, int value) {
  co_await turn(loop);
  co_return std::make_unique<int>(value);
}

Task<int> fails(EventLoop& loop) {
  co_await turn(loop);
  throw std::runtime_error("on purpose");
}

Task<void> nothing(bool fail) {
  if (fail) throw std::runtime_error("on purpose");
  co_return;
}

/// What `outcome.take()` throws; "nothing" when it does not.
template <class T>
std::string thrown_by_take(streams::Outcome<T>& outcome) {
  try {
    static_cast<void>(outcome.take());
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("the outcome of work that returns is its result", "[outcome]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    auto outcome = co_await settle(make(l, 7));
    CHECK(outcome);
    CHECK_FALSE(outcome.failure());
    CHECK(*outcome.value() == 7);
    const std::unique_ptr<int> taken = outcome.take();
    CHECK(*taken == 7);
  }(loop));
}

TEST_CASE("the outcome of work that throws is its exception, rethrown by who wants the result",
          "[outcome]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    auto outcome = co_await settle(fails(l));
    CHECK_FALSE(outcome);
    CHECK(outcome.failure());
    CHECK(thrown_by_take(outcome) == "on purpose");
    CHECK_THROWS_AS(outcome.value(), std::runtime_error);
  }(loop));
}

TEST_CASE("work without a result has an outcome, too", "[outcome]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    auto good = co_await settle(nothing(false));
    CHECK(good);
    CHECK(thrown_by_take(good) == "nothing");
    auto bad = co_await settle(nothing(true));
    CHECK_FALSE(bad);
    CHECK(thrown_by_take(bad) == "on purpose");
  }());
}

TEST_CASE("the outcome of a call is what the function returned or threw", "[outcome]") {
  auto good = [calls = 0]() mutable { return ++calls; };
  CHECK(streams::outcome_of(good).value() == 1);
  CHECK(streams::outcome_of(good).value() == 2);
  auto bad = []() -> int { throw std::runtime_error("on purpose"); };
  auto outcome = streams::outcome_of(bad);
  CHECK(thrown_by_take(outcome) == "on purpose");
  bool called = false;
  auto no_result = [&called] { called = true; };
  CHECK(streams::outcome_of(no_result));
  CHECK(called);
}
