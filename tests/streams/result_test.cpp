#include "streams/result.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "streams/event_loop.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::as_result;
using streams::EventLoop;
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

/// What `result.take()` throws; "nothing" when it does not.
template <class T>
std::string thrown_by_take(streams::Result<T>& result) {
  try {
    static_cast<void>(result.take());
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("the result of work that returns is its value", "[result]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    auto result = co_await as_result(make(l, 7));
    CHECK(result);
    CHECK_FALSE(result.failure());
    CHECK(*result.value() == 7);
    const std::unique_ptr<int> taken = result.take();
    CHECK(*taken == 7);
  }(loop));
}

TEST_CASE("the result of work that throws is its exception, rethrown by who wants the value",
          "[result]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    auto result = co_await as_result(fails(l));
    CHECK_FALSE(result);
    CHECK(result.failure());
    CHECK(thrown_by_take(result) == "on purpose");
    CHECK_THROWS_AS(result.value(), std::runtime_error);
  }(loop));
}

TEST_CASE("work without a value has a result, too", "[result]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    auto good = co_await as_result(nothing(false));
    CHECK(good);
    CHECK(thrown_by_take(good) == "nothing");
    auto bad = co_await as_result(nothing(true));
    CHECK_FALSE(bad);
    CHECK(thrown_by_take(bad) == "on purpose");
  }());
}

TEST_CASE("the result of a call is what the function returned or threw", "[result]") {
  auto good = [calls = 0]() mutable { return ++calls; };
  CHECK(streams::invoke_as_result(good).value() == 1);
  CHECK(streams::invoke_as_result(good).value() == 2);
  auto bad = []() -> int { throw std::runtime_error("on purpose"); };
  auto result = streams::invoke_as_result(bad);
  CHECK(thrown_by_take(result) == "on purpose");
  bool called = false;
  auto no_result = [&called] { called = true; };
  CHECK(streams::invoke_as_result(no_result));
  CHECK(called);
}
