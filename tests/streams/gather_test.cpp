#include "streams/gather.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "streams/event.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::gather;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Waits for `event`, notes its value and returns it; -1 when cancelled.
Task<int> number(Event& event, std::string& log, int value) {
  const bool happened = co_await event.wait();
  log += happened ? std::to_string(value) : "-";
  co_return happened ? value : -1;
}

Task<std::unique_ptr<std::string>> text(EventLoop& loop, std::string value) {
  co_await turn(loop);
  co_return std::make_unique<std::string>(std::move(value));
}

Task<void> nothing(std::string& log) {
  log += 'n';
  co_return;
}

Task<int> fails(Event& event, std::string what) {
  co_await event.wait();
  throw std::runtime_error(what);
}

Task<void> fails_at_once() {
  throw std::runtime_error("at once");
  co_return;
}

/// Ends only when `release` is set, cancelled or not.
Task<int> slow_to_end(Event& never, Event& release) {
  co_await never.wait();
  CancelScope shield;
  co_await in_scope(shield, [](Event& event) -> Task<void> { co_await event.wait(); }(release));
  co_return 0;
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

TEST_CASE("gather has the results in the order asked, whatever the order of their coming",
          "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event first(l);
    Event second(l);
    std::string log;
    std::unique_ptr<std::tuple<int, int, std::unique_ptr<std::string>>> result;
    TaskGroup group(l);
    group.spawn(keep_result(
        gather(l, number(first, log, 1), number(second, log, 2), text(l, "three")), result));
    second.set();
    co_await several_turns(l);
    CHECK(log == "2");
    CHECK_FALSE(result);
    first.set();
    co_await group.join();
    CHECK(log == "21");
    REQUIRE(result);
    CHECK(std::get<0>(*result) == 1);
    CHECK(std::get<1>(*result) == 2);
    CHECK(*std::get<2>(*result) == "three");
  }(loop));
}

TEST_CASE("gather takes any number of one kind, none included", "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::vector<Task<std::unique_ptr<std::string>>> work;
    for (int i = 0; i < 100; ++i) work.push_back(text(l, std::to_string(i)));
    const auto texts = co_await gather(l, std::move(work));
    REQUIRE(texts.size() == 100);
    CHECK(*texts.front() == "0");
    CHECK(*texts.back() == "99");
    const auto none = co_await gather(l, std::vector<Task<int>>());
    CHECK(none.empty());
    const auto nobody = co_await gather(l);
    CHECK(std::tuple_size_v<std::remove_const_t<decltype(nobody)>> == 0);
  }(loop));
}

TEST_CASE("gather starts its Tasks when it is awaited, in their order, and side by side",
          "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    std::string log;
    auto gathering = gather(l, nothing(log), number(event, log, 1), nothing(log));
    CHECK(log.empty());
    std::string result;
    TaskGroup group(l);
    group.spawn(note(std::move(gathering), result));
    CHECK(log == "nn");  // the third did not wait for the second
    event.set();
    co_await group.join();
    CHECK(log == "nn1");
    CHECK(result == "done");
  }(loop));
}

TEST_CASE("gather takes Tasks without a result", "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::string log;
    const auto both = co_await gather(l, nothing(log), text(l, "one"));
    CHECK(*std::get<1>(both) == "one");
    std::vector<Task<void>> work;
    work.push_back(nothing(log));
    work.push_back(nothing(log));
    const auto all = co_await gather(l, std::move(work));
    CHECK(all.size() == 2);
    CHECK(log == "nnn");
  }(loop));
}

TEST_CASE("a failure in a gather cancels the siblings, and all come out once all have ended",
          "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    Event fail(l);
    Event release(l);
    std::string log;
    std::string result;
    TaskGroup group(l);
    group.spawn(note(gather(l, number(never, log, 1), fails(fail, "first"), fails(never, "second"),
                            slow_to_end(never, release)),
                     result));
    co_await several_turns(l);
    CHECK(log.empty());
    fail.set();
    co_await several_turns(l);
    CHECK(log == "-");
    CHECK(result.empty());
    release.set();
    co_await group.join();
    CHECK(result == "2 failures: first; second");
  }(loop));
}

TEST_CASE("a failure among many of one kind does the same", "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    Event fail(l);
    std::string log;
    std::string result;
    std::vector<Task<int>> work;
    work.push_back(number(never, log, 1));
    work.push_back(fails(fail, "failed"));
    work.push_back(number(never, log, 2));
    TaskGroup group(l);
    group.spawn(note(gather(l, std::move(work)), result));
    fail.set();
    co_await group.join();
    CHECK(log == "--");
    CHECK(result == "failed");
  }(loop));
}

TEST_CASE("a Task that fails at once cancels those that come after it", "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string result;
    co_await note(gather(l, fails_at_once(), number(never, log, 1)), result);
    CHECK(log == "-");
    CHECK(result == "at once");
  }(loop));
}

TEST_CASE("cancelling a gather cancels its Tasks and hands over what they still return",
          "[gather]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    Event release(l);
    CancelScope scope;
    std::string log;
    std::unique_ptr<std::tuple<int, int>> result;
    TaskGroup group(l);
    group.spawn(in_scope(
        scope, keep_result(gather(l, number(never, log, 1), slow_to_end(never, release)), result)));
    co_await turn(l);
    scope.cancel();
    co_await several_turns(l);
    CHECK(log == "-");
    CHECK_FALSE(result);
    release.set();
    co_await group.join();
    REQUIRE(result);
    CHECK(*result == std::tuple(-1, 0));

    // In a scope that was cancelled before, too.
    co_await in_scope(
        scope, keep_result(gather(l, number(never, log, 1), slow_to_end(never, release)), result));
    CHECK(log == "--");
  }(loop));
}
