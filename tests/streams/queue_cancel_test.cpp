#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "streams/queue.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::EventLoop;
using streams::Queue;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Puts `item`, and notes it: in capitals when it was refused.
Task<void> put(Queue<char>& queue, std::string& log, char item) {
  const std::error_code ec = co_await queue.put(std::move(item));
  log += ec ? static_cast<char>(item - 'a' + 'A') : item;
}

/// Gets one item and notes it: '-' when there was none.
Task<void> get(Queue<char>& queue, std::string& log) {
  const std::optional<char> item = co_await queue.get();
  log += item.value_or('-');
}

/// Gets one item and notes it with a number of its own.
Task<void> get_as(Queue<char>& queue, std::string& log, char number) {
  const std::optional<char> item = co_await queue.get();
  log += number;
  log += item.value_or('-');
}

Task<void> join(Queue<char>& queue, std::string& log) {
  const bool done = co_await queue.join();
  log += done ? "joined" : "given up";
}

}  // namespace

TEST_CASE("a put that is cancelled keeps its item, and the others keep their order", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(put(queue, log, 'a'));
    group.spawn(put(queue, log, 'b'));
    group.spawn(in_scope(scope, put(queue, log, 'c')));
    group.spawn(put(queue, log, 'd'));
    scope.cancel();
    CHECK(log == "a");  // soon, and not from within cancel()
    co_await several_turns(l);
    CHECK(log == "aC");
    std::string out;
    for (int i = 0; i < 3; ++i) co_await get(queue, out);
    co_await group.join();
    CHECK(out == "abd");
    CHECK(queue.empty());
  }(loop));
}

TEST_CASE("a put that is refused has not moved from its item and says why", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<std::unique_ptr<int>> queue(l, 1);
    CHECK(queue.put_nowait(std::make_unique<int>(0)));
    auto item = std::make_unique<int>(7);
    CancelScope scope;
    Outcome outcome;
    TaskGroup group(l);
    auto put_item = [](auto& q, auto& i, Outcome& result) -> Task<void> {
      result.ec = co_await q.put(std::move(i));
    };
    group.spawn(in_scope(scope, put_item(queue, item, outcome)));
    scope.cancel();
    co_await group.join();
    CHECK(outcome.ec == std::errc::operation_canceled);
    REQUIRE(item);
    CHECK(*item == 7);

    // In a scope that was cancelled before, too.
    outcome = {};
    co_await in_scope(scope, put_item(queue, item, outcome));
    CHECK(outcome.ec == std::errc::operation_canceled);
    CHECK(item);

    queue.close();
    outcome = {};
    co_await put_item(queue, item, outcome);
    CHECK(outcome.ec == streams::Error::closed);
    CHECK(item);
    CHECK(queue.size() == 1);
  }(loop));
}

TEST_CASE("an item that was taken in just before its put is cancelled is in, and is no error",
          "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    CHECK(queue.put_nowait('a'));
    group.spawn(in_scope(scope, put(queue, log, 'b')));
    CHECK(queue.get_nowait() == 'a');
    scope.cancel();
    co_await group.join();
    CHECK(log == "b");
    CHECK(queue.get_nowait() == 'b');
  }(loop));
}

TEST_CASE("a get that is cancelled comes back empty, and the item goes to the next", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, get_as(queue, log, '1')));
    group.spawn(get_as(queue, log, '2'));
    scope.cancel();
    CHECK(queue.put_nowait('a'));
    co_await group.join();
    CHECK(log == "1-2a");

    log.clear();
    co_await in_scope(scope, get(queue, log));  // refused: the queue is empty
    CHECK(log == "-");
    CHECK(queue.put_nowait('b'));
    co_await in_scope(scope, get(queue, log));  // nothing to wait for
    CHECK(log == "-b");
  }(loop));
}

TEST_CASE("an item handed to one who is then cancelled is not lost", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, get(queue, log)));
    CHECK(queue.put_nowait('a'));
    scope.cancel();
    co_await group.join();
    CHECK(log == "a");
    CHECK(queue.empty());
  }(loop));
}

TEST_CASE("a join that is cancelled is told apart, and the other one still waits", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    CancelScope scope;
    std::string log;
    std::string other;
    TaskGroup group(l);
    CHECK(queue.put_nowait('a'));
    group.spawn(in_scope(scope, join(queue, log)));
    group.spawn(join(queue, other));
    scope.cancel();
    co_await several_turns(l);
    CHECK(log == "given up");
    CHECK(other.empty());
    CHECK(queue.get_nowait() == 'a');
    queue.task_done();
    co_await group.join();
    CHECK(other == "joined");
  }(loop));
}
