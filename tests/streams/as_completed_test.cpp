#include "streams/as_completed.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "streams/event.hpp"
#include "tests/catch.hpp"
#include "tests/streams/death.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::AsCompleted;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;

namespace {

using Text = std::unique_ptr<std::string>;

/// Waits for `event`; an empty text when cancelled, an exception for "throw".
Task<Text> text(Event& event, std::string value) {
  const bool happened = co_await event.wait();
  if (value == "throw") throw std::runtime_error("on purpose");
  co_return std::make_unique<std::string>(happened ? value : "");
}

Task<void> nothing(bool fail) {
  if (fail) throw std::runtime_error("on purpose");
  co_return;
}

/// Consumes all, noting "INDEX=TEXT ".
Task<void> consume(AsCompleted<Text>& completed, std::string& log) {
  while (auto next = co_await completed.next()) {
    log += std::to_string(next->index) + '=';
    log += (next->result ? *next->result.value() : "failed") + ' ';
  }
  log += "end";
}

}  // namespace

TEST_CASE("results come in the order of completion, each with its place", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event a(l);
    Event b(l);
    Event c(l);
    std::string log;
    AsCompleted<Text> completed(l);
    completed.spawn(text(a, "a"));
    completed.spawn(text(b, "b"));
    completed.spawn(text(c, "c"));
    TaskGroup group(l);
    group.spawn(consume(completed, log));
    c.set();
    co_await several_turns(l);
    CHECK(log == "2=c ");
    a.set();
    co_await several_turns(l);
    CHECK(log == "2=c 0=a ");
    b.set();
    co_await group.join();
    CHECK(log == "2=c 0=a 1=b end");
  }(loop));
}

TEST_CASE("what completed before anyone asked comes at once, and in its order", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event a(l);
    Event b(l);
    AsCompleted<Text> completed(l);
    CHECK_FALSE(completed.next_nowait());
    completed.spawn(text(a, "a"));
    completed.spawn(text(b, "b"));
    b.set();
    a.set();
    co_await several_turns(l);
    std::string log;
    TaskGroup group(l);
    group.spawn(consume(completed, log));
    CHECK(log == "1=b 0=a end");
    co_await group.join();
  }(loop));
}

TEST_CASE("several that complete in one turn wake the consumer once and are not lost",
          "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    AsCompleted<Text> completed(l);
    for (const char* value : {"a", "b", "c"}) completed.spawn(text(event, value));
    std::string log;
    TaskGroup group(l);
    group.spawn(consume(completed, log));
    co_await turn(l);
    event.set();
    co_await group.join();
    CHECK(log == "0=a 1=b 2=c end");
  }(loop));
}

TEST_CASE("one child's exception is its own result and leaves the others alone", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event fail(l);
    Event event(l);
    std::string log;
    AsCompleted<Text> completed(l);
    completed.spawn(text(event, "a"));
    completed.spawn(text(fail, "throw"));
    TaskGroup group(l);
    group.spawn(consume(completed, log));
    fail.set();
    co_await several_turns(l);
    CHECK(log == "1=failed ");
    event.set();
    co_await group.join();
    CHECK(log == "1=failed 0=a end");
  }(loop));
}

TEST_CASE("children may be added while others are consumed", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    AsCompleted<Text> completed(l);
    completed.spawn(text(event, "a"));
    std::string log;
    while (auto next = co_await completed.next()) {
      log += *next->result.value();
      if (next->index < 3) completed.spawn(text(event, log + "."));
    }
    CHECK(log == "aa.aa..aa.aa...");
  }(loop));
}

TEST_CASE("children without a value have a result, too", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    AsCompleted<void> completed(l);
    completed.spawn(nothing(false));
    completed.spawn(nothing(true));
    std::string log;
    while (auto next = co_await completed.next()) log += next->result ? '+' : '-';
    CHECK(log == "+-");
  }(loop));
}

TEST_CASE("cancelling the children ends the loop with what they still return", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::string log;
    AsCompleted<Text> completed(l);
    completed.spawn(text(never, "a"));
    completed.spawn(text(never, "throw"));
    TaskGroup group(l);
    group.spawn(consume(completed, log));
    completed.cancel();
    CHECK(log.empty());
    co_await group.join();
    CHECK(log == "0= 1=failed end");
  }(loop));
}

TEST_CASE("cancelling who waits for the next cancels the children, and the loop goes to its end",
          "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    Event never(l);
    CancelScope scope;
    std::string log;
    AsCompleted<Text> completed(l);
    completed.spawn(text(event, "a"));
    completed.spawn(text(never, "b"));
    completed.spawn(text(never, "c"));
    TaskGroup group(l);
    group.spawn(in_scope(scope, consume(completed, log)));
    event.set();
    co_await several_turns(l);
    CHECK(log == "0=a ");
    scope.cancel();
    CHECK(log == "0=a ");
    co_await group.join();
    CHECK(log == "0=a 1= 2= end");

    // In a scope that was cancelled before, too.
    log.clear();
    AsCompleted<Text> others(l);
    others.spawn(text(never, "d"));
    co_await in_scope(scope, consume(others, log));
    CHECK(log == "0= end");
  }(loop));
}

TEST_CASE("join waits for the children and leaves their results to be had", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    AsCompleted<Text> completed(l);
    completed.spawn(text(event, "a"));
    Event never(l);
    completed.spawn(text(never, "b"));
    completed.cancel();
    co_await completed.join();
    auto first = completed.next_nowait();
    REQUIRE(first);
    CHECK(*first->result.value() == "a");
    // The other one goes with the object.
  }(loop));
}

TEST_CASE("destroying an AsCompleted while a child runs is a programming error", "[as_completed]") {
  EventLoop loop;
  CHECK(dies(
      [&] {
        Event never(loop);
        AsCompleted<Text> completed(loop);
        completed.spawn(text(never, "a"));
      },
      "while a child runs"));
}
