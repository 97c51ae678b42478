// What spawn() returns, and misuse of a TaskGroup.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "streams/event.hpp"
#include "streams/misuse.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::Misuse;
using streams::Task;
using streams::TaskGroup;
using streams::TaskHandle;

namespace {

Task<std::unique_ptr<std::string>> answer(Event& event) {
  const bool happened = co_await event.wait();
  co_return std::make_unique<std::string>(happened ? "answer" : "cancelled");
}

Task<int> fail(Event& event) {
  co_await event.wait();
  throw std::runtime_error("on purpose");
}

Task<void> keep_answer(TaskHandle<std::unique_ptr<std::string>>& handle, std::string& text) {
  const auto value = co_await handle.result();
  text = *value;
}

Task<void> join_own(TaskGroup& group, std::string& said) {
  try {
    co_await group.join();
  } catch (const Misuse& misuse) {
    said = misuse.what();
  }
}

}  // namespace

TEST_CASE("a handle has the child's value, before and after it has ended", "[task_handle]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    TaskGroup group(l);
    auto waited_for = group.spawn(answer(event));
    auto ended_before = group.spawn(answer(event));
    std::string text;
    TaskGroup asking(l);
    asking.spawn(keep_answer(waited_for, text));
    co_await several_turns(l);
    CHECK_FALSE(waited_for.done());
    CHECK(text.empty());
    event.set();
    co_await group.join();
    CHECK(ended_before.done());
    const auto value = co_await ended_before.result();
    CHECK(*value == "answer");
    co_await asking.join();
    CHECK(text == "answer");
    CHECK_THROWS_AS(ended_before.result(), Misuse);
  }(loop));
}

TEST_CASE("a handle cancels its child and nobody else", "[task_handle]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    TaskGroup group(l);
    auto one = group.spawn(answer(event));
    auto two = group.spawn(answer(event));
    one.cancel();
    const auto first = co_await one.result();
    CHECK(*first == "cancelled");
    event.set();
    const auto second = co_await two.result();
    CHECK(*second == "answer");
    co_await group.join();
    one.cancel();
  }(loop));
}

TEST_CASE("a handle rethrows what the child threw, and so does the join", "[task_handle]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    TaskGroup group(l);
    auto handle = group.spawn(fail(event));
    bool thrown = false;
    try {
      co_await handle.result();
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown);
    thrown = false;
    try {
      co_await group.join();
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown);
  }(loop));
}

TEST_CASE("cancelling who waits for a handle cancels the child and waits for it", "[task_handle]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    TaskGroup group(l);
    auto handle = group.spawn(answer(never));
    std::string text;
    CancelScope scope;
    TaskGroup asking(l);
    asking.spawn(in_scope(scope, keep_answer(handle, text)));
    co_await turn(l);
    scope.cancel();
    co_await asking.join();
    CHECK(text == "cancelled");
    co_await group.join();
  }(loop));
}

TEST_CASE("a handle may outlive its group, and an empty one is Misuse", "[task_handle]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    TaskHandle<std::unique_ptr<std::string>> handle;
    CHECK_THROWS_AS(handle.done(), Misuse);
    CHECK_THROWS_AS(handle.result(), Misuse);
    handle.cancel();
    {
      TaskGroup group(l);
      handle = group.spawn(answer(event));
      co_await group.join();
    }
    const auto value = co_await handle.result();
    CHECK(*value == "answer");
  }(loop));
}

TEST_CASE("two join() at a time are Misuse, and the first still ends", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    TaskGroup group(l);
    TaskGroup joining(l);
    group.spawn(answer(event));
    joining.spawn(group.join());
    co_await turn(l);
    bool thrown = false;
    try {
      co_await group.join();
    } catch (const Misuse&) {
      thrown = true;
    }
    CHECK(thrown);
    event.set();
    co_await joining.join();
    CHECK(group.empty());
    co_await group.join();
  }(loop));
}

TEST_CASE("a child that joins its own group is Misuse", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TaskGroup group(l);
    std::string said;
    group.spawn(join_own(group, said));
    co_await group.join();
    CHECK(said.find("a child joins its own TaskGroup") == 0);
  }(loop));
}

TEST_CASE("an empty Task is not spawned", "[task_group]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TaskGroup group(l);
    CHECK_THROWS_AS(group.spawn(Task<void>()), Misuse);
    CHECK(group.empty());
    co_return;
  }(loop));
}
