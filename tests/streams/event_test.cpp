#include "streams/event.hpp"

#include <string>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;

namespace {

Task<void> wait_and_note(Event& event, std::string& log, char name) {
  const bool happened = co_await event.wait();
  log += happened ? name : '-';
}

}  // namespace

TEST_CASE("those who wait for an event go on once it is set, in the order they came", "[event]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    std::string log;
    TaskGroup group(l);
    for (const char name : {'a', 'b', 'c'}) group.spawn(wait_and_note(event, log, name));
    co_await several_turns(l);
    CHECK(log.empty());
    CHECK_FALSE(event.is_set());
    event.set();
    CHECK(event.is_set());
    CHECK(log.empty());  // soon, and not from within set()
    event.set();
    co_await group.join();
    CHECK(log == "abc");
  }(loop));
}

TEST_CASE("an event that has happened does not make anyone wait", "[event]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    std::string log;
    TaskGroup group(l);
    group.spawn(wait_and_note(event, log, 'a'));
    CHECK(log == "a");
    co_await group.join();
  }(loop));
}

TEST_CASE("an event that is cleared makes those who come later wait for the next time", "[event]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    event.clear();
    CHECK_FALSE(event.is_set());
    std::string log;
    TaskGroup group(l);
    group.spawn(wait_and_note(event, log, 'a'));
    co_await several_turns(l);
    CHECK(log.empty());
    event.set();
    co_await group.join();
    CHECK(log == "a");
  }(loop));
}

TEST_CASE("a wait for an event that is cancelled is told apart, and the others still wait",
          "[event]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(wait_and_note(event, log, 'a'));
    group.spawn(in_scope(scope, wait_and_note(event, log, 'b')));
    group.spawn(wait_and_note(event, log, 'c'));
    scope.cancel();
    co_await several_turns(l);
    CHECK(log == "-");
    event.set();
    co_await group.join();
    CHECK(log == "-ac");
  }(loop));
}

TEST_CASE("an event set between a cancellation and its effect counts as having happened",
          "[event]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, wait_and_note(event, log, 'a')));
    scope.cancel();
    event.set();
    co_await group.join();
    CHECK(log == "a");
  }(loop));
}

TEST_CASE("a wait for an event in a cancelled scope is refused", "[event]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    CancelScope scope;
    scope.cancel();
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, wait_and_note(event, log, 'a')));
    CHECK(log == "-");
    co_await group.join();
  }(loop));
}

TEST_CASE("an event that is set and cleared at once was set for all who waited", "[event]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    bool happened = false;
    auto wait = [](Event& e, bool& result) -> Task<void> { result = co_await e.wait(); };
    TaskGroup group(l);
    group.spawn(wait(event, happened));
    event.set();
    event.clear();
    co_await group.join();
    CHECK(happened);
    CHECK_FALSE(event.is_set());
  }(loop));
}
