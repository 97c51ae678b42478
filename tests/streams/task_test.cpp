#include "streams/task.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "streams/event.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Event;
using streams::EventLoop;
using streams::Task;

namespace {

/// Where the stack stands. Not a coroutine's own local: those live in its frame, on the heap.
[[gnu::noinline]] std::uintptr_t stack_address() {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

/// The lowest and highest address that the stack was seen at.
struct StackRange {
  std::uintptr_t lowest = UINTPTR_MAX;
  std::uintptr_t highest = 0;
  void look() {
    const std::uintptr_t here = stack_address();
    lowest = std::min(lowest, here);
    highest = std::max(highest, here);
  }
  std::size_t size() const { return highest - lowest; }
};

Task<int> number(int value) { co_return value; }

Task<void> note(std::vector<std::string>& log, std::string text) {
  log.push_back(std::move(text));
  co_return;
}

Task<int> fails() {
  throw std::runtime_error("on purpose");
  co_return 0;
}

Task<void> look(StackRange& range) {
  range.look();
  co_return;
}

Task<void> look_two_deep(StackRange& range) {
  co_await look(range);
  range.look();
}

/// A Task that waits every `period`-th time.
Task<void> look_and_maybe_wait(EventLoop& loop, StackRange& range, int i, int period) {
  range.look();
  if (i % period == 0) co_await turn(loop);
  range.look();
}

Task<int> depth(EventLoop& loop, int levels) {
  if (levels == 0) {
    co_await turn(loop);
    co_return 0;
  }
  const int below = co_await depth(loop, levels - 1);
  co_return below + 1;
}

}  // namespace

TEST_CASE("a Task does nothing until it is awaited", "[task]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    std::vector<std::string> log;
    Task<void> task = note(log, "ran");
    CHECK(log.empty());
    co_await std::move(task);
    CHECK(log == std::vector<std::string>{"ran"});
  }());
}

TEST_CASE("a Task that is never awaited is destroyed without running", "[task]") {
  std::vector<std::string> log;
  {
    const Task<void> task = note(log, "ran");
    Task<void> moved_over = note(log, "ran");
    moved_over = note(log, "ran");
  }
  CHECK(log.empty());
}

TEST_CASE("a Task gives its value to whoever awaits it, also one that can only be moved",
          "[task]") {
  EventLoop loop;
  const int sum = run(loop, []() -> Task<int> {
    const int one = co_await number(1);
    const int two = co_await number(2);
    co_return one + two;
  }());
  CHECK(sum == 3);
  const std::unique_ptr<int> owned =
      run(loop, []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); }());
  CHECK(*owned == 7);
}

TEST_CASE("a Task's exception is rethrown where it is awaited, and not before", "[task]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    Task<int> task = fails();
    bool caught = false;
    try {
      co_await std::move(task);
    } catch (const std::runtime_error& error) {
      caught = std::string(error.what()) == "on purpose";
    }
    CHECK(caught);
  }());
  CHECK_THROWS_AS(run(loop, fails()), std::runtime_error);
}

TEST_CASE("an exception passes through Tasks that waited", "[task]") {
  EventLoop loop;
  CHECK_THROWS_AS(run(loop,
                      [](EventLoop& l) -> Task<int> {
                        co_await turn(l);
                        const int value = co_await fails();
                        co_return value;
                      }(loop)),
                  std::runtime_error);
}

TEST_CASE("locals of a Task are destroyed when it ends, before its awaiter goes on", "[task]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    const auto shared = std::make_shared<int>(1);
    const long inside = co_await [](std::shared_ptr<int> copy) -> Task<long> {
      const std::shared_ptr<int> local = copy;
      co_return local.use_count();
    }(shared);
    CHECK(inside >= 3);
    CHECK(shared.use_count() == 1);
  }());
}

TEST_CASE("a million awaits of Tasks that complete at once do not grow the stack", "[task]") {
  EventLoop loop;
  StackRange range;
  run(loop, [](StackRange& seen) -> Task<void> {
    for (int i = 0; i < 1'000'000; ++i) co_await look(seen);
  }(range));
  CHECK(range.size() == 0);
}

TEST_CASE("a million awaits of nested Tasks that complete at once do not grow the stack",
          "[task]") {
  EventLoop loop;
  StackRange range;
  run(loop, [](StackRange& seen) -> Task<void> {
    for (int i = 0; i < 1'000'000; ++i) co_await look_two_deep(seen);
  }(range));
  CHECK(range.size() < 4096);
}

TEST_CASE("Tasks that wait now and then do not grow the stack either", "[task]") {
  EventLoop loop;
  StackRange range;
  run(loop, [](EventLoop& l, StackRange& seen) -> Task<void> {
    for (int i = 0; i < 200'000; ++i) co_await look_and_maybe_wait(l, seen, i, 7);
  }(loop, range));
  CHECK(range.size() < 16384);
}

TEST_CASE("a hundred thousand reads and writes of ready data do not grow the stack", "[task]") {
  over_unix([](Wire& wire) -> Task<void> {
    const std::string line = "x\n";
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += line;
    StackRange range;
    for (int round = 0; round < 5; ++round) {
      wire.peer.send(text);
      for (int i = 0; i < 20'000; ++i) {
        const streams::Chunk chunk = co_await wire.reader().readline();
        wire.writer().write(chunk.data);
        const std::error_code ec = co_await wire.writer().drain();
        if (ec || chunk.ec) co_return;
        range.look();
      }
      wire.peer.receive();
    }
    CHECK(range.size() < 16384);
  });
}

TEST_CASE("a chain of a thousand Tasks that wait ends in order", "[task]") {
  EventLoop loop;
  CHECK(run(loop, depth(loop, 1000)) == 1000);
}

TEST_CASE("a Task that waited resumes its awaiter only once it has ended", "[task]") {
  EventLoop loop;
  std::vector<std::string> log;
  run(loop, [](EventLoop& l, std::vector<std::string>& out) -> Task<void> {
    out.push_back("before");
    co_await [](EventLoop& inner_loop, std::vector<std::string>& inner_out) -> Task<void> {
      inner_out.push_back("child begins");
      co_await turn(inner_loop);
      inner_out.push_back("child ends");
    }(l, out);
    out.push_back("after");
  }(loop, log));
  CHECK(log == std::vector<std::string>{"before", "child begins", "child ends", "after"});
}
