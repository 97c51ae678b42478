#include "streams/semaphore.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
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
Task<void> take(Semaphore& semaphore, Permit& kept, bool& done) {
  kept = co_await semaphore.acquire();
  done = true;
}

Task<void> hold_and_throw(Semaphore& semaphore) {
  const Permit permit = co_await semaphore.acquire();
  throw std::runtime_error("on purpose");
}

struct Crowd {
  std::size_t inside = 0;
  std::size_t most = 0;
  int served = 0;
};

Task<void> enter_crowd(EventLoop& loop, Semaphore& semaphore, Crowd& crowd, int turns) {
  const Permit permit = co_await semaphore.acquire();
  if (!permit) co_return;
  crowd.most = std::max(crowd.most, ++crowd.inside);
  for (int i = 0; i < turns; ++i) co_await turn(loop);
  --crowd.inside;
  ++crowd.served;
}

}  // namespace

TEST_CASE("a semaphore gives out its permits first come, first served", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 1);
    std::string log;
    TaskGroup group(l);
    for (const char name : {'a', 'b', 'c', 'd'}) group.spawn(use(l, semaphore, log, name));
    CHECK(log == "a");
    co_await group.join();
    CHECK(log == "abcd");
    CHECK(semaphore.free() == 1);
  }(loop));
}

TEST_CASE("a permit that is released goes to the one who waits: nobody comes between",
          "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 1);
    Permit first = semaphore.try_acquire();
    CHECK(first);
    CHECK_FALSE(semaphore.try_acquire());
    Permit second;
    bool done = false;
    TaskGroup group(l);
    group.spawn(take(semaphore, second, done));
    co_await turn(l);
    first.release();
    CHECK_FALSE(done);  // soon, and not from within release()
    CHECK_FALSE(semaphore.try_acquire());
    CHECK(semaphore.free() == 0);
    co_await group.join();
    CHECK(second);
  }(loop));
}

TEST_CASE("a permit is released exactly once, however it is moved about", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 3);
    {
      Permit one = semaphore.try_acquire();
      Permit two = semaphore.try_acquire();
      CHECK(semaphore.free() == 1);
      Permit moved = std::move(one);
      CHECK(semaphore.free() == 1);
      moved = std::move(two);
      CHECK(semaphore.free() == 2);
      Permit& same = moved;
      moved = std::move(same);
      CHECK(semaphore.free() == 2);
      CHECK(moved);
      moved.release();
      moved.release();
      CHECK_FALSE(moved);
      CHECK(semaphore.free() == 3);
    }
    CHECK(semaphore.free() == 3);
    co_return;
  }(loop));
}

TEST_CASE("a permit is released when its holder throws", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 1);
    bool thrown = false;
    try {
      co_await hold_and_throw(semaphore);
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown);
    CHECK(semaphore.free() == 1);
  }(loop));
}

TEST_CASE("a wait for a permit that is cancelled comes back empty and costs no permit",
          "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 1);
    Permit held = semaphore.try_acquire();
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, use(l, semaphore, log, 'a')));
    group.spawn(use(l, semaphore, log, 'b'));
    scope.cancel();
    held.release();
    co_await group.join();
    CHECK(log == "-b");
    CHECK(semaphore.free() == 1);
  }(loop));
}

TEST_CASE("a permit handed to one who is then cancelled is not lost", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 1);
    Permit held = semaphore.try_acquire();
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, use(l, semaphore, log, 'a')));
    held.release();
    scope.cancel();
    co_await group.join();
    CHECK(log == "a");
    CHECK(semaphore.free() == 1);
  }(loop));
}

TEST_CASE("closing a semaphore wakes the waiters empty-handed", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 1);
    Permit held = semaphore.try_acquire();
    std::string log;
    TaskGroup group(l);
    group.spawn(use(l, semaphore, log, 'a'));
    group.spawn(use(l, semaphore, log, 'b'));
    semaphore.close();
    CHECK(log.empty());  // soon, and not from within close()
    semaphore.close();
    co_await group.join();
    CHECK(log == "--");
    held.release();  // what was out still finds its way home
    CHECK(semaphore.free() == 1);
    const Permit none = semaphore.try_acquire();
    CHECK_FALSE(none);
    const Permit late = co_await semaphore.acquire();
    CHECK_FALSE(late);
    CHECK(semaphore.free() == 1);
  }(loop));
}

TEST_CASE("a permit handed over just before the semaphore closes is still good", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    Semaphore semaphore(l, 1);
    Permit held = semaphore.try_acquire();
    std::string log;
    TaskGroup group(l);
    group.spawn(use(l, semaphore, log, 'a'));
    group.spawn(use(l, semaphore, log, 'b'));
    held.release();
    semaphore.close();
    co_await group.join();
    CHECK(log == "a-");
    CHECK(semaphore.free() == 1);
  }(loop));
}

TEST_CASE("a permit dropped on another thread finds its way home", "[semaphore]") {
  EventLoop loop;
  Semaphore semaphore(loop, 1);
  run(loop, [](EventLoop& l, Semaphore& s) -> Task<void> {
    co_await turn(l);
    auto held = std::make_unique<Permit>(s.try_acquire());
    CHECK(*held);
    Permit next;
    bool done = false;
    TaskGroup group(l);
    group.spawn(take(s, next, done));
    const std::jthread other([&] { held.reset(); });
    co_await until(l, [&] { return done; });
    co_await group.join();
    CHECK(done);
    CHECK(next);
  }(loop, semaphore));
}

TEST_CASE("many at a semaphore: never more inside than permits, and all come home", "[semaphore]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Semaphore semaphore(l, 7);
    Crowd crowd;
    std::vector<std::unique_ptr<CancelScope>> scopes;
    TaskGroup group(l);
    for (int i = 0; i < 1000; ++i) {
      scopes.push_back(std::make_unique<CancelScope>());
      group.spawn(in_scope(*scopes.back(), enter_crowd(l, semaphore, crowd, i % 3)));
    }
    std::size_t i = 0;
    while (!group.empty()) {
      co_await turn(l);
      i = (i + 389) % scopes.size();
      scopes[i]->cancel();
    }
    co_await group.join();
    CHECK(crowd.most == 7);
    CHECK(crowd.served > 100);
    CHECK(semaphore.free() == 7);
  }(loop));
}
