#include "streams/queue.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::EventLoop;
using streams::Misuse;
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

Task<void> produce(Queue<std::unique_ptr<int>>& queue, int from, int count) {
  for (int i = from; i < from + count; ++i) {
    const std::error_code ec = co_await queue.put(std::make_unique<int>(i));
    REQUIRE_FALSE(ec);
  }
}

Task<void> consume(EventLoop& loop, Queue<std::unique_ptr<int>>& queue, std::vector<int>& seen) {
  while (std::optional<std::unique_ptr<int>> item = co_await queue.get()) {
    seen.push_back(**item);
    if (seen.size() % 3 == 0) co_await turn(loop);
    queue.task_done();
  }
}

}  // namespace

TEST_CASE("what is put comes out first in, first out, without a wait while there is room",
          "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 3);
    std::string log;
    TaskGroup group(l);
    for (const char item : {'a', 'b', 'c'}) group.spawn(put(queue, log, item));
    CHECK(log == "abc");
    CHECK(queue.size() == 3);
    CHECK(queue.full());
    log.clear();
    for (int i = 0; i < 3; ++i) group.spawn(get(queue, log));
    CHECK(log == "abc");
    CHECK(queue.empty());
    co_await group.join();
  }(loop));
}

TEST_CASE("a put waits while the queue is full, and goes on when an item is taken", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    std::string log;
    TaskGroup group(l);
    for (const char item : {'a', 'b', 'c'}) group.spawn(put(queue, log, item));
    co_await several_turns(l);
    CHECK(log == "a");
    CHECK(queue.size() == 1);
    CHECK(queue.get_nowait() == 'a');
    CHECK(log == "a");  // soon, and not from within get_nowait()
    CHECK(queue.size() == 1);
    co_await several_turns(l);
    CHECK(log == "ab");
    CHECK(queue.get_nowait() == 'b');
    co_await group.join();
    CHECK(log == "abc");
    CHECK(queue.get_nowait() == 'c');
    CHECK(queue.get_nowait() == std::nullopt);
  }(loop));
}

TEST_CASE("a get waits while the queue is empty; those who wait are served as they came",
          "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 5);
    std::string log;
    TaskGroup group(l);
    for (const char number : {'1', '2', '3'}) group.spawn(get_as(queue, log, number));
    co_await several_turns(l);
    CHECK(log.empty());
    CHECK(queue.put_nowait('a'));
    CHECK(log.empty());  // soon, and not from within put_nowait()
    CHECK(queue.put_nowait('b'));
    CHECK(queue.put_nowait('c'));
    co_await group.join();
    CHECK(log == "1a2b3c");
  }(loop));
}

TEST_CASE("an item goes to the one who waits for it: nobody comes between", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    std::string log;
    TaskGroup group(l);
    group.spawn(get(queue, log));
    CHECK(queue.put_nowait('a'));
    CHECK(queue.empty());
    CHECK(queue.get_nowait() == std::nullopt);
    co_await group.join();
    CHECK(log == "a");

    // The same for the place that an item leaves.
    CHECK(queue.put_nowait('b'));
    group.spawn(put(queue, log, 'c'));
    CHECK(queue.get_nowait() == 'b');
    CHECK_FALSE(queue.put_nowait('x'));
    co_await group.join();
    CHECK(queue.get_nowait() == 'c');
  }(loop));
}

TEST_CASE("put_nowait refuses when full or closed, and leaves the item where it was", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<std::unique_ptr<int>> queue(l, 1);
    auto first = std::make_unique<int>(1);
    auto second = std::make_unique<int>(2);
    CHECK(queue.put_nowait(std::move(first)));
    CHECK_FALSE(queue.put_nowait(std::move(second)));
    CHECK(second);
    CHECK(queue.get_nowait().has_value());
    queue.close();
    CHECK_FALSE(queue.put_nowait(std::move(second)));
    CHECK(second);
    CHECK_FALSE(first);
    co_return;
  }(loop));
}

TEST_CASE("join waits until task_done was called for every item that was put", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 2);
    std::string log;
    TaskGroup group(l);
    co_await join(queue, log);  // nothing was put
    CHECK(log == "joined");
    log.clear();
    for (const char item : {'a', 'b', 'c'}) group.spawn(put(queue, log, item));
    log.clear();
    group.spawn(join(queue, log));
    std::string out;
    for (int i = 0; i < 3; ++i) {
      co_await get(queue, out);
      co_await several_turns(l);
      if (i < 2) queue.task_done();
    }
    CHECK(queue.empty());
    CHECK(log == "c");  // the put that waited; the last item is got but not done
    queue.task_done();
    CHECK(log == "c");  // soon, and not from within task_done()
    co_await group.join();
    CHECK(log == "cjoined");
    CHECK(out == "abc");
  }(loop));
}

TEST_CASE("an item that was handed to a waiting get counts for join, too", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<char> queue(l, 1);
    std::string log;
    TaskGroup group(l);
    group.spawn(get(queue, log));
    CHECK(queue.put_nowait('a'));
    group.spawn(join(queue, log));
    co_await several_turns(l);
    CHECK(log == "a");
    queue.task_done();
    // Put before the one who joins is resumed: every item was done all the same.
    CHECK(queue.put_nowait('b'));
    co_await group.join();
    CHECK(log == "ajoined");
  }(loop));
}

TEST_CASE("temporaries are moved once through waits on both sides", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<std::string> queue(l, 1);
    TaskGroup group(l);
    group.spawn([](Queue<std::string>& q) -> Task<void> {
      for (int i = 0; i < 4; ++i) {
        const std::error_code ec =
            co_await q.put("long enough to be on the heap: " + std::to_string(i));
        CHECK_FALSE(ec);
      }
      q.close();
    }(queue));
    int i = 0;
    while (const std::optional<std::string> item = co_await queue.get()) {
      CHECK(*item == "long enough to be on the heap: " + std::to_string(i++));
    }
    CHECK(i == 4);
    co_await group.join();
  }(loop));
}

TEST_CASE("many producers and consumers: every item arrives once, each producer's in its order",
          "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    constexpr int per_producer = 200;
    Queue<std::unique_ptr<int>> queue(l, 3);
    std::vector<std::vector<int>> seen(4);
    TaskGroup producers(l);
    TaskGroup consumers(l);
    for (std::vector<int>& mine : seen) consumers.spawn(consume(l, queue, mine));
    for (int p = 0; p < 5; ++p) producers.spawn(produce(queue, p * per_producer, per_producer));
    co_await producers.join();
    const bool done = co_await queue.join();
    CHECK(done);
    queue.close();
    co_await consumers.join();
    std::vector<int> times(5 * per_producer);
    bool in_order = true;
    for (const std::vector<int>& mine : seen) {
      std::vector<int> last(5, -1);
      for (const int item : mine) {
        ++times[static_cast<std::size_t>(item)];
        int& before = last[static_cast<std::size_t>(item / per_producer)];
        in_order = in_order && before < item;
        before = item;
      }
    }
    CHECK(in_order);
    CHECK(times == std::vector<int>(5 * per_producer, 1));
  }(loop));
}

TEST_CASE("task_done without an item that was got is Misuse", "[queue]") {
  EventLoop loop;
  Queue<char> queue(loop, 2);
  CHECK_THROWS_AS(queue.task_done(), Misuse);
  CHECK(queue.put_nowait('a'));
  CHECK_THROWS_AS(queue.task_done(), Misuse);
  CHECK(queue.get_nowait() == 'a');
  CHECK_NOTHROW(queue.task_done());
}

TEST_CASE("an item that is put from a name is copied", "[queue]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Queue<std::string> queue(l, 1);
    const std::string constant = "constant";
    std::string item = "item";
    CHECK(queue.put_nowait(constant));
    TaskGroup group(l);
    auto put = [](Queue<std::string>& q, std::string& from) -> Task<void> {
      const std::error_code ec = co_await q.put(from);
      CHECK_FALSE(ec);
    };
    group.spawn(put(queue, item));
    CHECK(queue.get_nowait() == constant);
    co_await group.join();
    CHECK(queue.get_nowait() == "item");
    CHECK(item == "item");
  }(loop));
}
