// What may not be done with a Task and a loop: Misuse, in every build.
#include "streams/misuse.hpp"

#include <string>
#include <utility>

#include "streams/as_completed.hpp"
#include "streams/backoff.hpp"
#include "streams/event.hpp"
#include "streams/executor.hpp"
#include "streams/queue.hpp"
#include "streams/retry.hpp"
#include "streams/timeout.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::EventLoop;
using streams::Misuse;
using streams::Task;

namespace {

Task<int> seven() { co_return 7; }

/// Whether awaiting `work` is Misuse.
template <class T>
Task<bool> is_misuse(Task<T> work) {
  try {
    static_cast<void>(co_await std::move(work));
  } catch (const Misuse&) {
    co_return true;
  }
  co_return false;
}

}  // namespace

TEST_CASE("a Task that is awaited twice is Misuse", "[misuse]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    Task<int> task = seven();
    const int once = co_await std::move(task);
    CHECK(once == 7);
    bool thrown = false;
    try {
      const int twice = co_await std::move(task);
      static_cast<void>(twice);
    } catch (const Misuse&) {
      thrown = true;
    }
    CHECK(thrown);
  }());
}

TEST_CASE("an empty Task that is awaited, run or timed is Misuse", "[misuse]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const bool awaited = co_await is_misuse(Task<int>());
    CHECK(awaited);
    const bool timed = co_await is_misuse(streams::with_timeout(l, 1s, Task<int>()));
    CHECK(timed);
  }(loop));
  CHECK_THROWS_AS(loop.run(Task<int>()), Misuse);
  CHECK(run(loop, seven()) == 7);
}

TEST_CASE("run() inside the same loop is Misuse, and the loop goes on", "[misuse]") {
  EventLoop loop;
  const bool thrown = run(loop, [](EventLoop& l) -> Task<bool> {
    bool misuse = false;
    try {
      l.run(seven());
    } catch (const Misuse&) {
      misuse = true;
    }
    co_await turn(l);
    co_return misuse;
  }(loop));
  CHECK(thrown);
  CHECK(run(loop, seven()) == 7);
}

TEST_CASE("values that make no sense are Misuse", "[misuse]") {
  EventLoop loop;
  CHECK_THROWS_AS(streams::Executor(0), Misuse);
  CHECK_THROWS_AS(streams::Queue<int>(loop, 0), Misuse);
  CHECK_THROWS_AS(streams::Backoff(-1ms, 1s, 0), Misuse);
  streams::Queue<int> queue(loop, 1);
  CHECK_THROWS_AS(queue.task_done(), Misuse);
  run(loop, [](EventLoop& l) -> Task<void> {
    streams::RetryPolicy policy;
    policy.attempts = 0;
    const auto factory = []() -> Task<std::error_code> { co_return std::error_code(); };
    const bool thrown = co_await is_misuse(streams::retry(l, policy, factory));
    CHECK(thrown);
  }(loop));
}

TEST_CASE("two consumers of one AsCompleted are Misuse", "[misuse]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    streams::Event event(l);
    streams::AsCompleted<int> completed(l);
    auto wait = [](streams::Event& e) -> Task<int> {
      co_await e.wait();
      co_return 1;
    };
    completed.spawn(wait(event));
    auto consume = [](streams::AsCompleted<int>& from) -> Task<int> {
      const auto next = co_await from.next();
      co_return next ? 1 : 0;
    };
    streams::TaskGroup first(l);
    auto handle = first.spawn(consume(completed));
    const bool thrown = co_await is_misuse(consume(completed));
    CHECK(thrown);
    event.set();
    co_await first.join();
    const int got = co_await handle.result();
    CHECK(got == 1);
    co_await completed.join();
  }(loop));
}
