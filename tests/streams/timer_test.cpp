#include "streams/timer.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::EventLoop;
using streams::Task;
using streams::Timer;

TEST_CASE("a timer calls its function once, not from within call_later", "[timer]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    int calls = 0;
    Timer timer(l);
    timer.call_later(0s, [&] { ++calls; });
    CHECK(calls == 0);
    co_await until(l, [&] { return calls != 0; });
    co_await several_turns(l);
    CHECK(calls == 1);
  }(loop));
}

TEST_CASE("a timer that is cancelled, started anew or destroyed does not call", "[timer]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::string log;
    Timer cancelled(l);
    cancelled.call_later(0s, [&] { log += "cancelled "; });
    cancelled.cancel();
    cancelled.cancel();
    {
      Timer destroyed(l);
      destroyed.call_later(0s, [&] { log += "destroyed "; });
    }
    Timer anew(l);
    anew.call_later(0s, [&] { log += "old "; });
    anew.call_later(0s, [&] { log += "new "; });
    co_await several_turns(l);
    CHECK(log == "new ");
  }(loop));
}

TEST_CASE("a timer cancelled when its time has already come does not call", "[timer]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    // Both are due in the same round of the loop; whichever runs first cancels the other.
    int calls = 0;
    Timer first(l);
    Timer second(l);
    first.call_later(0s, [&] {
      ++calls;
      second.cancel();
    });
    second.call_later(0s, [&] {
      ++calls;
      first.cancel();
    });
    co_await several_turns(l);
    CHECK(calls == 1);
  }(loop));
}

TEST_CASE("a timer may be destroyed or started again from within its own call", "[timer]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::optional<Timer> self(l);
    bool called = false;
    self->call_later(0s, [&] {
      self.reset();
      called = true;
    });
    co_await until(l, [&] { return called; });

    Timer again(l);
    int calls = 0;
    again.call_later(0s, [&] {
      ++calls;
      again.call_later(0s, [&] { ++calls; });
    });
    co_await until(l, [&] { return calls == 2; });
    co_await several_turns(l);
    CHECK(calls == 2);
  }(loop));
}

TEST_CASE("a timer that is started anew is due at its new time, later or sooner", "[timer]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Timer timer(l);
    bool called = false;
    const auto begin = std::chrono::steady_clock::now();
    timer.call_later(1h, [] {});
    timer.call_later(1ms, [] {});
    timer.call_later(20ms, [&] { called = true; });
    co_await until(l, [&] { return called; });
    CHECK(std::chrono::steady_clock::now() - begin >= 20ms);
    CHECK(std::chrono::steady_clock::now() - begin < 10min);
  }(loop));
}

TEST_CASE("a cancelled timer does not keep the loop running", "[timer]") {
  const auto begin = std::chrono::steady_clock::now();
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Timer timer(l);
    timer.call_later(1h, [] {});
    co_return;
  }(loop));
  CHECK(std::chrono::steady_clock::now() - begin < 10min);
}
