#include <optional>
#include <string>
#include <utility>

#include "streams/queue.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
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

Task<void> join(Queue<char>& queue, std::string& log) {
  const bool done = co_await queue.join();
  log += done ? "joined" : "given up";
}

}  // namespace

TEST_CASE("closing refuses the puts that wait and those to come; gets drain what is left",
          "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 2);
    std::string log;
    TaskGroup group(l);
    for (const char item : {'a', 'b', 'c', 'd'}) group.spawn(put(queue, log, item));
    CHECK_FALSE(queue.is_closed());
    queue.close();
    CHECK(queue.is_closed());
    CHECK(log == "ab");  // soon, and not from within close()
    queue.close();
    co_await group.join();
    CHECK(log == "abCD");
    co_await put(queue, log, 'e');
    CHECK(log == "abCDE");
    std::string out;
    for (int i = 0; i < 4; ++i) co_await get(queue, out);
    CHECK(out == "ab--");
  }(loop));
}

TEST_CASE("a put that waits when the queue is closed is told so, and keeps its item", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<std::string> queue(l, 1);
    CHECK(queue.put_nowait("first"));
    std::string item = "second";
    Outcome outcome;
    TaskGroup group(l);
    group.spawn(keep_error(outcome, [&] { return queue.put(std::move(item)); }));
    queue.close();
    co_await group.join();
    CHECK(outcome.ec == streams::Error::closed);
    CHECK(item == "second");
  }(loop));
}

TEST_CASE("closing tells all who get from an empty queue that it has ended", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    std::string log;
    TaskGroup group(l);
    for (int i = 0; i < 3; ++i) group.spawn(get(queue, log));
    CHECK(queue.put_nowait('a'));
    queue.close();
    CHECK(log.empty());
    co_await group.join();
    CHECK(log == "a--");
  }(loop));
}

TEST_CASE("a join goes on waiting for what is left in a closed queue", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    std::string log;
    TaskGroup group(l);
    CHECK(queue.put_nowait('a'));
    group.spawn(join(queue, log));
    queue.close();
    co_await several_turns(l);
    CHECK(log.empty());
    CHECK(queue.get_nowait() == 'a');
    queue.task_done();
    co_await group.join();
    CHECK(log == "joined");
  }(loop));
}

TEST_CASE("aborting drops what is left, which counts as done, and what was got does not",
          "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 2);
    std::string log;
    std::string joined;
    TaskGroup group(l);
    for (const char item : {'a', 'b', 'c', 'd'}) group.spawn(put(queue, log, item));
    CHECK(queue.get_nowait() == 'a');
    group.spawn(join(queue, joined));
    queue.abort();
    CHECK(queue.is_closed());
    CHECK(queue.empty());
    co_await several_turns(l);
    CHECK(log == "abcD");
    CHECK(joined.empty());
    queue.task_done();
    co_await group.join();
    CHECK(joined == "joined");
    co_await get(queue, log);
    CHECK(log == "abcD-");
  }(loop));
}

TEST_CASE("aborting a queue of which nothing was got ends the joins", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 2);
    std::string joined;
    TaskGroup group(l);
    CHECK(queue.put_nowait('a'));
    group.spawn(join(queue, joined));
    queue.abort();
    queue.abort();
    co_await group.join();
    CHECK(joined == "joined");
  }(loop));
}
