#include "streams/buffer_budget.hpp"

#include <string>
#include <thread>
#include <vector>

#include "streams/buffer_pool.hpp"
#include "tests/catch.hpp"
#include "tests/streams/budget.hpp"
#include "tests/streams/wire.hpp"

using streams::BufferPool;
using streams::Task;

TEST_CASE("a budget is exhausted above its limit and relieved at three quarters of it",
          "[budget]") {
  tests::Budget watched(100);
  struct Row {
    int change;
    bool exhausted;
    int exhaustions;
    int excesses;
    int reliefs;
  };
  int step = 0;
  for (const Row& row : {
           Row{100, false, 0, 0, 0},  // all of it
           Row{1, true, 1, 0, 0},
           Row{-20, true, 1, 0, 0},  // 81 is not little enough
           Row{44, true, 1, 0, 0},   // 125
           Row{1, true, 1, 1, 0},
           Row{10, true, 1, 1, 0},    // told once
           Row{-36, true, 1, 1, 0},   // 100
           Row{26, true, 1, 2, 0},    // and again
           Row{-51, false, 1, 2, 1},  // 75
           Row{25, false, 1, 2, 1},
           Row{1, true, 2, 2, 1},
       }) {
    INFO("step " << ++step);
    const auto bytes = static_cast<std::size_t>(std::abs(row.change));
    row.change > 0 ? watched.budget.take(bytes) : watched.budget.give(bytes);
    CHECK(watched.budget.is_exhausted() == row.exhausted);
    CHECK(watched.exhaustions == row.exhaustions);
    CHECK(watched.excesses == row.excesses);
    CHECK(watched.reliefs == row.reliefs);
  }
}

TEST_CASE("a limit that moves exhausts a budget, and relieves it", "[budget]") {
  tests::Budget watched(100);
  watched.budget.take(80);
  watched.budget.set_limit(50);
  CHECK(watched.budget.is_exhausted());
  CHECK(watched.excesses == 1);
  watched.budget.set_limit(1000);
  CHECK_FALSE(watched.budget.is_exhausted());
  CHECK(watched.reliefs == 1);
  CHECK(watched.budget.time_exhausted() == watched.longest);
}

TEST_CASE("threads that take and give at once leave a budget as it was", "[budget]") {
  tests::Budget watched(64);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&watched] {
      for (int round = 0; round < 10'000; ++round) {
        watched.budget.take(32);
        watched.budget.give(32);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(watched.budget.taken() == 0);
  CHECK_FALSE(watched.budget.is_exhausted());
}

TEST_CASE("a pool counts what it takes from the system, blocks and larger buffers", "[budget]") {
  constexpr std::size_t block = BufferPool::block_size;
  tests::Budget watched;
  BufferPool pool;
  pool.set_budget(watched.budget);
  char* const one = pool.acquire();
  CHECK(watched.budget.taken() == block);
  pool.release(one);
  CHECK(watched.budget.taken() == block);  // kept for the next
  char* const large = pool.allocate_large(3 * block);
  CHECK(pool.taken() == 4 * block);
  CHECK(watched.budget.taken() == 4 * block);
  pool.deallocate_large(large, 3 * block);
  CHECK(pool.taken() == block);
  CHECK(watched.budget.taken() == block);
}

TEST_CASE("a buffer may grow up to twice the limit and begin up to three times", "[budget]") {
  constexpr std::size_t block = BufferPool::block_size;
  tests::Budget watched(block);
  BufferPool pool;
  pool.set_budget(watched.budget);
  char* const one = pool.acquire();
  char* const two = pool.acquire();
  CHECK(two != nullptr);
  CHECK(pool.allocate_large(2 * block) == nullptr);
  char* const three = pool.acquire();
  CHECK(three != nullptr);
  CHECK(pool.acquire() == nullptr);
  pool.release(one);
  CHECK(pool.acquire() == one);
  for (char* const each : {one, two, three}) pool.release(each);
}

TEST_CASE("a pool that economises keeps no more than its part of an eighth", "[budget]") {
  constexpr std::size_t block = BufferPool::block_size;
  tests::Budget watched(64 * block);
  {
    BufferPool pool;
    BufferPool other;
    pool.set_budget(watched.budget);
    other.set_budget(watched.budget);
    std::vector<char*> blocks;
    for (int i = 0; i < 20; ++i) blocks.push_back(pool.acquire());
    for (char* const each : blocks) pool.release(each);
    CHECK(pool.taken() == 20 * block);
    pool.economise();
    CHECK(pool.taken() == 4 * block);
    CHECK(watched.budget.taken() == 4 * block);
    watched.budget.set_limit(block);
    pool.economise();
    CHECK(pool.taken() == block);
  }
  CHECK(watched.budget.taken() == 0);
}

namespace {

constexpr std::size_t much = 10 * BufferPool::block_size;

}  // namespace

TEST_CASE("without room in the budget a read that has no buffer waits, and loses nothing",
          "[budget]") {
  static tests::Budget watched(much);
  tests::over_unix([](tests::Wire& wire) -> Task<void> {
    wire.loop.buffers().set_budget(watched.budget);
    watched.budget.take(much + 1);
    tests::Outcome line;
    streams::TaskGroup group(wire.loop);
    group.spawn(tests::keep(line, [&] { return wire.reader().readline(); }));
    wire.peer.send("hello\nrest");
    co_await tests::several_turns(wire.loop);
    CHECK_FALSE(line.done);
    CHECK(wire.transport().bytes_received() == 0);
    watched.budget.give(much + 1);
    co_await group.join();
    CHECK(line.data == "hello\n");
    // One that has a buffer goes on, whatever others take.
    watched.budget.take(much + 1);
    const streams::Chunk rest = co_await wire.reader().read(100);
    CHECK(rest.data == "rest");
    watched.budget.give(much + 1);
  });
}

TEST_CASE(
    "without room in the budget an end that is fed is read all the same, and what is written "
    "leaves",
    "[budget]") {
  static tests::Budget watched(much);
  tests::over_unix([](tests::Wire& wire) -> Task<void> {
    wire.loop.buffers().set_budget(watched.budget);
    watched.budget.take(much + 1);
    wire.peer.send("hello\n");
    tests::Outcome line;
    streams::TaskGroup group(wire.loop);
    group.spawn(tests::keep(line, [&] { return wire.reader().readline(); }));
    co_await tests::several_turns(wire.loop);
    CHECK_FALSE(line.done);
    wire.reader().feed_eof();
    co_await group.join();
    CHECK(line.data == "hello\n");
    wire.writer().write("out");
    co_await tests::several_turns(wire.loop);
    CHECK(wire.peer.receive() == "out");
  });
}

TEST_CASE("a connection that is exempt from the budget has buffers whatever others take",
          "[budget]") {
  static tests::Budget watched(BufferPool::block_size);
  streams::StreamOptions options;
  options.exempt_from_budget = true;
  tests::on_wire(tests::unix_pair(), options, [](tests::Wire& wire) -> Task<void> {
    wire.loop.buffers().set_budget(watched.budget);
    constexpr std::size_t by_others = 4 * BufferPool::block_size;
    watched.budget.take(by_others);
    wire.peer.send("hello\n");
    const streams::Chunk line = co_await wire.reader().readline();
    CHECK(line.data == "hello\n");
    // More than a block, at once.
    const std::string reply(100 * 1024, 'x');
    wire.writer().write(std::string_view(reply).substr(0, 10));
    wire.writer().write(std::string_view(reply).substr(10));
    std::string got;
    while (got.size() < reply.size() && wire.peer.error() == 0) {
      co_await tests::turn(wire.loop);
      got += wire.peer.receive();
    }
    CHECK(got == reply);
    CHECK(watched.budget.taken() > by_others);
    watched.budget.give(by_others);
  });
}
