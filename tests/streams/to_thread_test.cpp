#include "streams/to_thread.hpp"

#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;
using streams::to_thread;

namespace {

/// What one who awaits a thread saw.
struct Seen {
  bool over = false;
  std::optional<int> result;
};

int wait_for_it(const std::shared_ptr<std::latch>& gate) {
  gate->wait();
  return 42;
}

Task<void> call(EventLoop& loop, std::shared_ptr<std::latch> gate, Seen& seen) {
  seen.result = co_await to_thread(loop, &wait_for_it, std::move(gate));
  seen.over = true;
}

int fail(const std::string& what) { throw std::runtime_error(what); }

}  // namespace

TEST_CASE("the function runs on another thread, its result comes to the loop's", "[to_thread]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const std::thread::id here = std::this_thread::get_id();
    const std::optional<std::thread::id> there =
        co_await to_thread(l, [] { return std::this_thread::get_id(); });
    REQUIRE(there);
    CHECK(*there != here);
    CHECK(std::this_thread::get_id() == here);
  }(loop));
}

TEST_CASE("a thread's exception comes to the one who awaits it", "[to_thread]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::string what;
    try {
      std::string argument = "no such file";
      static_cast<void>(co_await to_thread(l, &fail, std::move(argument)));
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
    CHECK(what == "no such file");
  }(loop));
}

TEST_CASE("one who is cancelled goes on at once, and the loop ends while the thread goes on",
          "[to_thread]") {
  const auto gate = std::make_shared<std::latch>(1);
  Seen seen;
  {
    EventLoop loop;
    run(loop, [](EventLoop& l, std::shared_ptr<std::latch> g, Seen& s) -> Task<void> {
      TaskGroup group(l);
      group.spawn(call(l, std::move(g), s));
      co_await several_turns(l);
      CHECK(!s.over);
      group.cancel();
      co_await group.join();
    }(loop, gate, seen));
  }
  CHECK(seen.over);
  CHECK(!seen.result);
  // The thread finds nobody left to tell, and gives back what it held.
  gate->count_down();
  while (gate.use_count() > 1) std::this_thread::yield();
}

TEST_CASE("a call in a scope that is cancelled already is over at once", "[to_thread]") {
  const auto gate = std::make_shared<std::latch>(1);
  EventLoop loop;
  Seen seen;
  run(loop, [](EventLoop& l, std::shared_ptr<std::latch> g, Seen& s) -> Task<void> {
    CancelScope scope;
    scope.cancel();
    co_await in_scope(scope, call(l, std::move(g), s));
  }(loop, gate, seen));
  CHECK(seen.over);
  CHECK(!seen.result);
  gate->count_down();
}

TEST_CASE("each of many calls in a row has its own result", "[to_thread]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    for (int i = 0; i < 200; ++i) {
      const std::optional<int> answer = co_await to_thread(
          l, [](int n) { return n + 1; }, i);
      CHECK(answer == i + 1);
    }
  }(loop));
}
