#include "streams/task_group.hpp"

#include <stdexcept>
#include <string>

#include "streams/event.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Waits for `event`; notes `name`, or '-' when cancelled.
Task<void> child(Event& event, std::string& log, char name) {
  const bool happened = co_await event.wait();
  log += happened ? name : '-';
}

Task<void> throw_after(Event& event, std::string what) {
  co_await event.wait();
  throw std::runtime_error(what);
}

Task<void> throw_at_once(std::string what) {
  throw std::runtime_error(what);
  co_return;
}

Task<void> join_and_note(TaskGroup& group, std::string& result) {
  try {
    co_await group.join();
    result = "joined";
  } catch (const std::runtime_error& error) {
    result = error.what();
  }
  result += group.empty() ? "" : ", but not empty";
}

/// Starts another child of the same group as its last act.
Task<void> spawn_a_successor(TaskGroup& group, Event& event, std::string& log) {
  co_await event.wait();
  group.spawn(child(event, log, 's'));
}

Task<void> spawn_when_set(TaskGroup& group, Event& trigger, Event& event, std::string& log) {
  co_await trigger.wait();
  group.spawn(child(event, log, 'l'));
}

}  // namespace

TEST_CASE("a child starts at once and the join waits for all", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    std::string log;
    std::string result;
    TaskGroup group(l);
    TaskGroup outer(l);
    CHECK(group.empty());
    group.spawn(child(event, log, 'a'));
    group.spawn(child(event, log, 'b'));
    CHECK_FALSE(group.empty());
    outer.spawn(join_and_note(group, result));
    co_await several_turns(l);
    CHECK(result.empty());
    event.set();
    co_await outer.join();
    CHECK(result == "joined");
    CHECK(log == "ab");
  }(loop));
}

TEST_CASE("joining an empty group returns at once", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TaskGroup group(l);
    std::string result;
    co_await group.join();
    TaskGroup outer(l);
    outer.spawn(join_and_note(group, result));
    CHECK(result == "joined");
    co_await outer.join();
  }(loop));
}

TEST_CASE("the first failure cancels the siblings, and all come out at the join, once",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event fail(l);
    Event never(l);
    std::string log;
    std::string result;
    TaskGroup group(l);
    TaskGroup outer(l);
    group.spawn(child(never, log, 'a'));
    group.spawn(throw_after(fail, "first"));
    group.spawn(throw_after(fail, "second"));
    group.spawn(child(never, log, 'b'));
    outer.spawn(join_and_note(group, result));
    co_await turn(l);
    fail.set();
    co_await outer.join();
    CHECK(result == "2 failures: first; second");
    CHECK(log == "--");
    CHECK(group.empty());
    outer.spawn(join_and_note(group, result));
    co_await outer.join();
    CHECK(result == "joined");
  }(loop));
}

TEST_CASE("a failure of a child that never waited is kept for the join", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string result;
    TaskGroup group(l);
    group.spawn(child(never, log, 'a'));
    group.spawn(throw_at_once("at once"));
    CHECK_FALSE(group.empty());
    co_await join_and_note(group, result);
    CHECK(result == "at once");
    CHECK(log == "-");
  }(loop));
}

TEST_CASE("a child that comes after a failure is cancelled too", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string result;
    TaskGroup group(l);
    group.spawn(throw_at_once("early"));
    group.spawn(child(never, log, 'a'));
    CHECK(log == "-");
    co_await join_and_note(group, result);
    CHECK(result == "early");
  }(loop));
}

TEST_CASE("a failure cancels siblings that need several turns to end, and the join waits for them",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    Event release(l);
    std::string result;
    bool ended = false;
    TaskGroup group(l);
    TaskGroup outer(l);
    group.spawn([](EventLoop& inner, Event& waits, Event& held, bool& out) -> Task<void> {
      co_await waits.wait();
      // Work that must be done all the same, in a scope of its own.
      CancelScope shield;
      co_await in_scope(shield, [](Event& event) -> Task<void> { co_await event.wait(); }(held));
      static_cast<void>(inner);
      out = true;
    }(l, never, release, ended));
    group.spawn(throw_at_once("failed"));
    outer.spawn(join_and_note(group, result));
    co_await several_turns(l);
    CHECK(result.empty());
    release.set();
    co_await outer.join();
    CHECK(ended);
    CHECK(result == "failed");
  }(loop));
}

TEST_CASE("cancelling a group is not a failure", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string result;
    TaskGroup group(l);
    group.spawn(child(never, log, 'a'));
    group.spawn(child(never, log, 'b'));
    group.cancel();
    CHECK(log.empty());  // soon, and not from within cancel()
    group.cancel();
    co_await join_and_note(group, result);
    CHECK(result == "joined");
    CHECK(log == "--");
  }(loop));
}

TEST_CASE("cancelling the one who joins cancels the children, and still waits for them",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string result;
    CancelScope scope;
    TaskGroup group(l);
    TaskGroup outer(l);
    group.spawn(child(never, log, 'a'));
    outer.spawn(in_scope(scope, join_and_note(group, result)));
    co_await turn(l);
    scope.cancel();
    co_await outer.join();
    CHECK(log == "-");
    CHECK(result == "joined");
  }(loop));
}

TEST_CASE("joining in a cancelled scope cancels the children, and still waits for them",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string result;
    CancelScope scope;
    scope.cancel();
    TaskGroup group(l);
    TaskGroup outer(l);
    group.spawn(child(never, log, 'a'));
    outer.spawn(in_scope(scope, join_and_note(group, result)));
    co_await outer.join();
    CHECK(log == "-");
    CHECK(result == "joined");
  }(loop));
}

TEST_CASE("a child may start another child, and the join waits for both", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    std::string log;
    std::string result;
    TaskGroup group(l);
    group.spawn(spawn_a_successor(group, event, log));
    event.set();
    co_await join_and_note(group, result);
    CHECK(result == "joined");
    CHECK(log == "s");
  }(loop));
}

TEST_CASE("the group is empty when the join returns, also when a child came at the last moment",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event trigger(l);
    Event late(l);
    std::string log;
    std::string result;
    TaskGroup group(l);
    TaskGroup outer(l);
    group.spawn(child(trigger, log, 'a'));
    outer.spawn(join_and_note(group, result));
    // Woken in the same round as the last child, after it and before the one who joins.
    outer.spawn(spawn_when_set(group, trigger, late, log));
    co_await turn(l);
    trigger.set();
    co_await several_turns(l);
    late.set();
    co_await outer.join();
    CHECK(result == "joined");
    CHECK(log == "al");
    co_await group.join();
  }(loop));
}

TEST_CASE("ten thousand children that end at once leave nothing behind", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    std::string log;
    TaskGroup group(l);
    for (int i = 0; i < 10000; ++i) group.spawn(child(event, log, 'x'));
    event.set();
    co_await group.join();
    CHECK(log.size() == 10000);
    CHECK(group.empty());
  }(loop));
}
