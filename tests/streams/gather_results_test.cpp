#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "streams/event.hpp"
#include "streams/gather.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::gather_results;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Waits for `event`, notes its value and returns it; -1 when cancelled.
Task<int> number(Event& event, std::string& log, int value) {
  const bool happened = co_await event.wait();
  log += happened ? std::to_string(value) : "-";
  co_return happened ? value : -1;
}

Task<void> nothing(std::string& log) {
  log += 'n';
  co_return;
}

Task<int> fails(Event& event, std::string what) {
  co_await event.wait();
  throw std::runtime_error(what);
}

/// Awaits `work` and notes what it threw, or that it was done.
template <class T>
Task<void> note(Task<T> work, std::string& result) {
  try {
    const auto gathered = co_await std::move(work);
    static_cast<void>(gathered);
    result = "done";
  } catch (const std::runtime_error& error) {
    result = error.what();
  }
}

/// Awaits `work` and keeps what it returned.
template <class T>
Task<void> keep_result(Task<T> work, std::unique_ptr<T>& result) {
  T gathered = co_await std::move(work);
  result = std::make_unique<T>(std::move(gathered));
}

}  // namespace

TEST_CASE("gather_results has errors as values and lets the siblings run to their end",
          "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    Event fail(l);
    std::string log;
    using Results = std::tuple<streams::Result<int>, streams::Result<int>, streams::Result<void>>;
    std::unique_ptr<Results> result;
    TaskGroup group(l);
    group.spawn(keep_result(
        gather_results(l, fails(fail, "failed"), number(event, log, 2), nothing(log)), result));
    fail.set();
    co_await several_turns(l);
    CHECK_FALSE(result);
    event.set();
    co_await group.join();
    REQUIRE(result);
    CHECK(log == "n2");
    CHECK_FALSE(std::get<0>(*result));
    CHECK_THROWS_AS(std::get<0>(*result).value(), std::runtime_error);
    CHECK(std::get<1>(*result).value() == 2);
    CHECK(std::get<2>(*result));
  }(loop));
}

TEST_CASE("gather_results takes any number of one kind", "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    std::string log;
    std::vector<Task<int>> work;
    for (int i = 0; i < 6; ++i) {
      work.push_back(i % 2 == 0 ? number(event, log, i) : fails(event, std::to_string(i)));
    }
    auto results = co_await gather_results(l, std::move(work));
    REQUIRE(results.size() == 6);
    for (int i = 0; i < 6; ++i) {
      auto& result = results[static_cast<std::size_t>(i)];
      CHECK(static_cast<bool>(result) == (i % 2 == 0));
      if (result) CHECK(result.take() == i);
    }
  }(loop));
}

TEST_CASE("cancelling a gather_results cancels its Tasks", "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    CancelScope scope;
    std::string log;
    std::string result;
    TaskGroup group(l);
    group.spawn(in_scope(
        scope, note(gather_results(l, number(never, log, 1), fails(never, "failed")), result)));
    scope.cancel();
    co_await group.join();
    CHECK(log == "-");
    CHECK(result == "done");
  }(loop));
}
