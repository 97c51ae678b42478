#include "streams/timeout.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "streams/event.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;
using streams::Timed;
using streams::with_timeout;

namespace {

Task<std::string> answer(Event& event, std::string text) {
  const bool happened = co_await event.wait();
  co_return happened ? text : "cancelled";
}

Task<int> at_once(int value) { co_return value; }

Task<int> fails(Event& event) {
  co_await event.wait();
  throw std::runtime_error("on purpose");
}

/// Ends only when `release` is set, cancelled or not.
Task<bool> slow_to_end(Event& never, Event& release) {
  co_await never.wait();
  CancelScope shield;
  co_await in_scope(shield, [](Event& event) -> Task<void> { co_await event.wait(); }(release));
  co_return true;
}

template <class T>
Task<void> keep_timed(EventLoop& loop, std::chrono::milliseconds delay, Task<T> work,
                      std::unique_ptr<Timed<T>>& result) {
  Timed<T> timed = co_await with_timeout(loop, delay, std::move(work));
  result = std::make_unique<Timed<T>>(std::move(timed));
}

}  // namespace

TEST_CASE("with_timeout hands over a result that comes in time", "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const Timed<int> now = co_await with_timeout(l, 1h, at_once(7));
    CHECK_FALSE(now.ec);
    CHECK(now.value == 7);

    Event event(l);
    std::unique_ptr<Timed<std::string>> result;
    TaskGroup group(l);
    group.spawn(keep_timed(l, 1h, answer(event, "in time"), result));
    co_await turn(l);
    CHECK_FALSE(result);
    event.set();
    co_await group.join();
    CHECK_FALSE(result->ec);
    CHECK(result->value == "in time");
  }(loop));
}

TEST_CASE("with_timeout cancels the work it gives up on and reports timed_out", "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    const auto begin = std::chrono::steady_clock::now();
    const Timed<std::string> timed = co_await with_timeout(l, 20ms, answer(never, "never"));
    CHECK(timed.ec == std::errc::timed_out);
    CHECK(timed.value == "cancelled");
    CHECK(std::chrono::steady_clock::now() - begin >= 20ms);
  }(loop));
}

TEST_CASE("with_timeout waits for the work it cancelled to end", "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    Event release(l);
    std::unique_ptr<Timed<bool>> result;
    TaskGroup group(l);
    group.spawn(keep_timed(l, 1ms, slow_to_end(never, release), result));
    const std::error_code slept = co_await streams::sleep_for(l, 10ms);
    CHECK_FALSE(slept);
    co_await several_turns(l);
    CHECK_FALSE(result);
    release.set();
    co_await group.join();
    CHECK(result->ec == std::errc::timed_out);
    CHECK(result->value);  // whatever it still returned is handed over
  }(loop));
}

TEST_CASE("a result that arrived in time is not lost to a deadline in the same moment",
          "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    for (const bool result_first : {true, false}) {
      Event event(l);
      std::unique_ptr<Timed<std::string>> result;
      TaskGroup group(l);
      group.spawn(keep_timed(l, 1ms, answer(event, "in time"), result));
      co_await turn(l);
      if (result_first) event.set();
      // The deadline passes within this turn, so that both are due when it ends.
      const auto due = std::chrono::steady_clock::now() + 2ms;
      while (std::chrono::steady_clock::now() < due) {
      }
      if (!result_first) event.set();
      co_await group.join();
      CHECK(result->value == "in time");
    }
  }(loop));
}

TEST_CASE("the error of the work passes through with_timeout, and its timer ends with it",
          "[timeout]") {
  EventLoop loop;
  const auto begin = std::chrono::steady_clock::now();
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    bool thrown = false;
    try {
      const Timed<int> timed = co_await with_timeout(l, 1h, fails(event));
      static_cast<void>(timed);
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown);
  }(loop));
  CHECK(std::chrono::steady_clock::now() - begin < 10min);
}

TEST_CASE("cancelling from outside passes through with_timeout and is not a time-out",
          "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    CancelScope scope;
    std::unique_ptr<Timed<std::string>> result;
    TaskGroup group(l);
    group.spawn(in_scope(scope, keep_timed(l, 1h, answer(never, "never"), result)));
    co_await turn(l);
    scope.cancel();
    co_await group.join();
    CHECK_FALSE(result->ec);
    CHECK(result->value == "cancelled");

    group.spawn(in_scope(scope, keep_timed(l, 1h, answer(never, "never"), result)));
    CHECK(result->value == "cancelled");
    co_await group.join();
  }(loop));
}

TEST_CASE("the inner one of two nested time-outs ends only its own work", "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const Timed<std::string> outer =
        co_await with_timeout(l, 1h, [](EventLoop& inner_loop) -> Task<std::string> {
          Event never(inner_loop);
          const Timed<std::string> inner =
              co_await with_timeout(inner_loop, 1ms, answer(never, "never"));
          const std::error_code slept = co_await streams::sleep_for(inner_loop, 1ms);
          co_return inner.ec == std::errc::timed_out && !slept ? "inner only" : "both";
        }(l));
    CHECK_FALSE(outer.ec);
    CHECK(outer.value == "inner only");
  }(loop));
}

TEST_CASE("a read that timed out has lost no byte", "[timeout]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("half ");
    const Timed<std::string> timed = co_await with_timeout(
        wire.loop, 1ms, [](streams::StreamReader& reader) -> Task<std::string> {
          const streams::Chunk line = co_await reader.readline();
          co_return line ? std::string(line.data) : line.ec.message();
        }(wire.reader()));
    CHECK(timed.ec == std::errc::timed_out);
    wire.peer.send("a line\n");
    const streams::Chunk line = co_await wire.reader().readline();
    CHECK(line.data == "half a line\n");
  });
}

TEST_CASE("what came while the loop stood still is not given up on", "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    // The time is over before the loop looks again, and the work needs several turns more.
    const auto work = [](EventLoop& own) -> Task<int> {
      co_await turn(own);
      std::this_thread::sleep_for(150ms);
      co_await turn(own);
      co_await turn(own);
      co_await turn(own);
      co_return 7;
    };
    const Timed<int> timed = co_await with_timeout(l, 10ms, work(l));
    CHECK_FALSE(timed.ec);
    CHECK(timed.value == 7);
  }(loop));
}

TEST_CASE("with_timeout of nothing does not start the work", "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    bool started = false;
    auto work = [](bool& noted) -> Task<std::error_code> {
      noted = true;
      co_return std::error_code();
    };
    for (const auto delay : {0ns, -1ns}) {
      const auto timed = co_await with_timeout(l, delay, work(started));
      CHECK(timed.ec == std::errc::timed_out);
      CHECK(timed.value == std::errc::timed_out);
    }
    CHECK_FALSE(started);
  }(loop));
}

TEST_CASE("with_timeout waits for work without a value", "[timeout]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    auto work = [](Event& e) -> Task<void> { co_await e.wait(); };
    const Timed<void> late = co_await with_timeout(l, 1ms, work(event));
    CHECK(late.ec == std::errc::timed_out);
    event.set();
    const Timed<void> in_time = co_await with_timeout(l, 1h, work(event));
    CHECK_FALSE(in_time.ec);
  }(loop));
}
