#include "streams/executor.hpp"

#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "streams/event.hpp"
#include "streams/gather.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::Executor;
using streams::run_in_executor;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Calls a function that waits for `gate`, then waits on the loop for `after`.
Task<void> call_and_wait(EventLoop& loop, Executor& executor, std::latch& gate, Event& after,
                         std::string& log) {
  const int answer = co_await run_in_executor(loop, executor, [&gate] {
    gate.wait();
    return 42;
  });
  log += std::to_string(answer);
  const bool happened = co_await after.wait();
  log += happened ? ", then more" : ", then cancelled";
}

Task<void> call(EventLoop& loop, Executor& executor, std::atomic<int>& calls) {
  co_await run_in_executor(loop, executor, [&calls] { ++calls; });
}

Task<std::thread::id> thread_of(EventLoop& loop, Executor& executor, std::latch& together) {
  return run_in_executor(loop, executor, [&together] {
    together.arrive_and_wait();
    return std::this_thread::get_id();
  });
}

}  // namespace

TEST_CASE("a function runs on another thread, its result comes to the loop's", "[executor]") {
  EventLoop loop;
  Executor executor(1);
  run(loop, [](EventLoop& l, Executor& e) -> Task<void> {
    const std::thread::id here = std::this_thread::get_id();
    const std::thread::id there =
        co_await run_in_executor(l, e, [] { return std::this_thread::get_id(); });
    CHECK(there != here);
    CHECK(std::this_thread::get_id() == here);
    CHECK(l.running_in_this_thread());
  }(loop, executor));
}

TEST_CASE("arguments and results that can only be moved are moved", "[executor]") {
  EventLoop loop;
  Executor executor(1);
  run(loop, [](EventLoop& l, Executor& e) -> Task<void> {
    const auto text = co_await run_in_executor(
        l, e,
        [](std::unique_ptr<int> number, const std::string& unit) {
          return std::make_unique<std::string>(std::to_string(*number) + unit);
        },
        std::make_unique<int>(7), " of an argument long enough for the heap");
    CHECK(*text == "7 of an argument long enough for the heap");
  }(loop, executor));
}

TEST_CASE("the exception of a function is thrown where it is awaited", "[executor]") {
  EventLoop loop;
  Executor executor(1);
  run(loop, [](EventLoop& l, Executor& e) -> Task<void> {
    std::string thrown;
    try {
      co_await run_in_executor(l, e, [] { throw std::runtime_error("on purpose"); });
    } catch (const std::runtime_error& error) {
      thrown = error.what();
    }
    CHECK(thrown == "on purpose");
    CHECK(l.running_in_this_thread());
  }(loop, executor));
}

TEST_CASE("the loop does other work while a function blocks", "[executor]") {
  EventLoop loop;
  Executor executor(1);
  run(loop, [](EventLoop& l, Executor& e) -> Task<void> {
    std::latch gate(1);
    Event after(l);
    after.set();
    std::string log;
    TaskGroup group(l);
    group.spawn(call_and_wait(l, e, gate, after, log));
    co_await several_turns(l);
    CHECK(log.empty());
    gate.count_down();
    co_await group.join();
    CHECK(log == "42, then more");
  }(loop, executor));
}

TEST_CASE("cancelling does not stop the function: the awaiter waits, and is refused its next wait",
          "[executor]") {
  EventLoop loop;
  Executor executor(1);
  run(loop, [](EventLoop& l, Executor& e) -> Task<void> {
    std::latch gate(1);
    Event never(l);
    CancelScope scope;
    std::string log;
    TaskGroup group(l);
    group.spawn(in_scope(scope, call_and_wait(l, e, gate, never, log)));
    scope.cancel();
    co_await several_turns(l);
    CHECK(log.empty());
    gate.count_down();
    co_await group.join();
    CHECK(log == "42, then cancelled");

    // In a scope that was cancelled before, too.
    log.clear();
    co_await in_scope(scope, call_and_wait(l, e, gate, never, log));
    CHECK(log == "42, then cancelled");
  }(loop, executor));
}

TEST_CASE("the loop stays alive until the function has returned, also when main has ended",
          "[executor]") {
  EventLoop loop;
  Executor executor(1);
  std::latch gate(1);
  Event after(loop);
  after.set();
  std::string log;
  TaskGroup group(loop);
  run(loop,
      [](EventLoop& l, Executor& e, std::latch& g, Event& a, std::string& out,
         TaskGroup& unjoined) -> Task<void> {
        unjoined.spawn(call_and_wait(l, e, g, a, out));
        co_await several_turns(l);
        // Runs after main's end, and leaves the loop with nothing but the call.
        l.call_soon_threadsafe([&g] { g.count_down(); });
      }(loop, executor, gate, after, log, group));
  CHECK(log == "42, then more");
}

TEST_CASE("as many functions run at once as there are threads", "[executor]") {
  EventLoop loop;
  Executor executor(3);
  run(loop, [](EventLoop& l, Executor& e) -> Task<void> {
    std::latch together(3);
    const auto ids = co_await streams::gather(l, thread_of(l, e, together),
                                              thread_of(l, e, together), thread_of(l, e, together));
    CHECK(std::get<0>(ids) != std::get<1>(ids));
    CHECK(std::get<1>(ids) != std::get<2>(ids));
    CHECK(std::get<0>(ids) != std::get<2>(ids));
  }(loop, executor));
}

TEST_CASE("one thread calls its functions in the order of asking", "[executor]") {
  EventLoop loop;
  Executor executor(1);
  run(loop, [](EventLoop& l, Executor& e) -> Task<void> {
    std::string order;  // of the one thread, read after the join
    TaskGroup group(l);
    for (const char name : {'a', 'b', 'c', 'd'}) {
      group.spawn(run_in_executor(l, e, [&order, name] { order += name; }));
    }
    co_await group.join();
    CHECK(order == "abcd");
  }(loop, executor));
}

TEST_CASE("a thousand calls each come home once", "[executor]") {
  EventLoop loop;
  Executor executor(2);
  run(loop, [](EventLoop& l, Executor& e) -> Task<void> {
    std::atomic<int> calls = 0;
    TaskGroup group(l);
    for (int i = 0; i < 1000; ++i) group.spawn(call(l, e, calls));
    co_await group.join();
    CHECK(calls == 1000);
  }(loop, executor));
}

TEST_CASE("two loops share an executor, each gets its own results", "[executor]") {
  EventLoop first;
  EventLoop second;
  Executor executor(2);
  const auto work = [](EventLoop& l, Executor& e) -> Task<int> {
    int home = 0;
    for (int i = 0; i < 100; ++i) {
      co_await run_in_executor(l, e, [] {});
      home += l.running_in_this_thread() ? 1 : 0;
    }
    co_return home;
  };
  const Watchdog watchdog;
  int of_second = 0;
  {
    const std::jthread other([&] { of_second = second.run(work(second, executor)); });
    CHECK(first.run(work(first, executor)) == 100);
  }
  CHECK(of_second == 100);
}

TEST_CASE("an Executor that is destroyed has done all that was submitted", "[executor]") {
  class Count final : public Executor::Job {
   public:
    void run() noexcept override { ++runs; }
    std::atomic<int> runs = 0;
  };
  std::vector<Count> jobs(100);
  {
    Executor executor(1);
    for (Count& job : jobs) executor.submit(job);
  }
  int done = 0;
  for (const Count& job : jobs) done += job.runs;
  CHECK(done == 100);
}
