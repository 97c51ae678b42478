#include <string>
#include <vector>

#include "streams/semaphore.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::EventLoop;
using streams::Permit;
using streams::Semaphore;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Takes a permit, notes it, and gives it back a turn later.
Task<void> use(EventLoop& loop, Semaphore& semaphore, std::string& log, char name) {
  const Permit permit = co_await semaphore.acquire();
  log += permit ? name : '-';
  co_await turn(loop);
}

/// Keeps its permit in `kept`.
Task<void> take(Semaphore& semaphore, Permit& kept) { kept = co_await semaphore.acquire(); }

}  // namespace

TEST_CASE("a semaphore that grows serves those who wait, in their order", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 1);
    Permit held = semaphore.try_acquire();
    std::string log;
    TaskGroup group(l);
    Permit kept[2];
    for (std::size_t i = 0; i < 2; ++i) group.spawn(take(semaphore, kept[i]));
    group.spawn(use(l, semaphore, log, 'c'));
    semaphore.resize(3);
    CHECK(semaphore.free() == 0);
    co_await turn(l);
    co_await turn(l);
    CHECK(kept[0]);
    CHECK(kept[1]);
    CHECK(log.empty());
    semaphore.resize(5);
    co_await group.join();
    CHECK(log == "c");
    CHECK(semaphore.free() == 2);
  }(loop));
}

TEST_CASE("a semaphore that shrinks leaves out what is out, and gives none until enough came home",
          "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 4);
    std::vector<Permit> held;
    for (int i = 0; i < 4; ++i) held.push_back(semaphore.try_acquire());
    semaphore.resize(2);
    std::string log;
    TaskGroup group(l);
    group.spawn(use(l, semaphore, log, 'a'));
    for (int out = 4; out > 2; --out) {
      CHECK(semaphore.free() == 0);
      co_await turn(l);
      CHECK(log.empty());
      held.pop_back();
    }
    held.pop_back();
    co_await group.join();
    CHECK(log == "a");
    CHECK(semaphore.free() == 1);
    CHECK_FALSE(semaphore.all_released());
    held.clear();
    CHECK(semaphore.free() == 2);
    CHECK(semaphore.all_released());
  }(loop));
}

TEST_CASE("a semaphore can shrink to nothing and come back", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 2);
    semaphore.resize(0);
    CHECK_FALSE(semaphore.try_acquire());
    std::string log;
    TaskGroup group(l);
    group.spawn(use(l, semaphore, log, 'a'));
    semaphore.resize(1);
    co_await group.join();
    CHECK(log == "a");
    CHECK(semaphore.free() == 1);
  }(loop));
}
