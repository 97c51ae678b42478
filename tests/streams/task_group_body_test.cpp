// task_group(): a body and its children as siblings.
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "streams/event.hpp"
#include "streams/exception_group.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::ExceptionGroup;
using streams::Task;
using streams::task_group;
using streams::TaskGroup;

namespace {

Task<void> note(Event& event, std::string& log, char name) {
  const bool happened = co_await event.wait();
  log += happened ? name : '-';
}

Task<void> throw_after(Event& event, std::string what) {
  co_await event.wait();
  throw std::runtime_error(what);
}

/// Throws when it is cancelled, too.
Task<void> throw_in_the_end(Event& never, std::string what) {
  co_await never.wait();
  throw std::runtime_error(what);
}

Task<std::string> spawn_two_and_wait(TaskGroup& group, Event& event, std::string& log) {
  group.spawn(note(event, log, 'a'));
  group.spawn(note(event, log, 'b'));
  const bool happened = co_await event.wait();
  co_return happened ? "body" : "cancelled";
}

Task<void> spawn_and_throw(TaskGroup& group, Event& never, std::string& log) {
  group.spawn(note(never, log, 'a'));
  throw std::runtime_error("between spawn and join");
  co_return;
}

Task<void> spawn_failing(TaskGroup& group, Event& fail, Event& never, std::string& log) {
  group.spawn(throw_after(fail, "a child"));
  co_await note(never, log, 'b');
}

Task<void> spawn_and_throw_all(TaskGroup& group, Event& never) {
  group.spawn(throw_in_the_end(never, "one"));
  group.spawn(throw_in_the_end(never, "two"));
  throw std::runtime_error("zero");
  co_return;
}

/// What `work` throws.
Task<void> keep_error(std::string& error, Task<void> work) {
  try {
    co_await std::move(work);
    error = "none";
  } catch (const std::exception& thrown) {
    error = thrown.what();
  }
}

}  // namespace

TEST_CASE("task_group returns what its body returned once the children have ended",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    std::string log;
    std::string result;
    TaskGroup outer(l);
    auto body = [&](TaskGroup& group) { return spawn_two_and_wait(group, event, log); };
    auto keep = [](EventLoop& inner, auto& b, std::string& r) -> Task<void> {
      r = co_await task_group(inner, b);
    };
    outer.spawn(keep(l, body, result));
    co_await several_turns(l);
    CHECK(result.empty());
    event.set();
    co_await outer.join();
    CHECK(result == "body");
    CHECK(log == "ab");
  }(loop));
}

TEST_CASE("an exception of the body cancels the children, waits for them and comes out",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string error;
    auto body = [&](TaskGroup& group) { return spawn_and_throw(group, never, log); };
    co_await keep_error(error, task_group(l, body));
    CHECK(error == "between spawn and join");
    CHECK(log == "-");
  }(loop));
}

TEST_CASE("what the body throws before it has a Task to return is a failure like another",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string error;
    auto body = [&](TaskGroup& group) -> Task<void> {
      group.spawn(note(never, log, 'a'));
      throw std::runtime_error("no Task");
    };
    co_await keep_error(error, task_group(l, body));
    CHECK(error == "no Task");
    CHECK(log == "-");
  }(loop));
}

TEST_CASE("a child that fails cancels the body that waits", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event fail(l);
    Event never(l);
    fail.set();
    std::string log;
    std::string error;
    auto body = [&](TaskGroup& group) { return spawn_failing(group, fail, never, log); };
    co_await keep_error(error, task_group(l, body));
    CHECK(error == "a child");
    CHECK(log == "-");
  }(loop));
}

TEST_CASE("all failures of a group come out together, in the order in which they were thrown",
          "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    auto body = [&](TaskGroup& group) { return spawn_and_throw_all(group, never); };
    std::string all;
    std::size_t count = 0;
    try {
      co_await task_group(l, body);
    } catch (const ExceptionGroup& group) {
      all = group.what();
      count = group.exceptions().size();
    }
    CHECK(count == 3);
    CHECK(all == "3 failures: zero; one; two");
  }(loop));
}

TEST_CASE("cancelling who awaits a task_group cancels the body and the children", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    std::string result;
    auto body = [&](TaskGroup& group) { return spawn_two_and_wait(group, never, log); };
    auto keep = [](EventLoop& inner, auto& b, std::string& r) -> Task<void> {
      r = co_await task_group(inner, b);
    };
    CancelScope scope;
    TaskGroup outer(l);
    outer.spawn(in_scope(scope, keep(l, body, result)));
    co_await turn(l);
    scope.cancel();
    co_await outer.join();
    CHECK(result == "cancelled");
    CHECK(log == "--");
  }(loop));
}

TEST_CASE("failures of a group that nobody joined go to the loop's exception handler",
          "[task_group]") {
  EventLoop loop;
  std::string told;
  loop.set_exception_handler([&told](const char*, const std::exception_ptr& exception) {
    told = streams::describe(exception);
  });
  run(loop, [](EventLoop& l) -> Task<void> {
    Event fail(l);
    fail.set();
    TaskGroup group(l);
    group.spawn(throw_after(fail, "unheard"));
    co_return;
  }(loop));
  CHECK(told == "unheard");
}
