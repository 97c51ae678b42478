#include "streams/sleeper.hpp"

#include <chrono>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::EventLoop;
using streams::Sleeper;
using streams::Task;
using Clock = std::chrono::steady_clock;

TEST_CASE("a sleeper sleeps for as long as it is asked to, again and again", "[sleeper]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Sleeper sleeper(l);
    for (const auto delay : {20ms, 10ms, 0ms}) {
      const auto begin = Clock::now();
      const bool slept = co_await sleeper.sleep_for(delay);
      CHECK(slept);
      CHECK(Clock::now() - begin >= delay);
    }
  }(loop));
}

TEST_CASE("a sleeper that is cancelled wakes at once and does not keep the loop", "[sleeper]") {
  const auto begin = Clock::now();
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    bool slept = true;
    streams::TaskGroup group(l);
    const auto sleep = [](EventLoop& its_loop, bool& result) -> Task<void> {
      Sleeper sleeper(its_loop);
      result = co_await sleeper.sleep_for(1h);
    };
    group.spawn(sleep(l, slept));
    co_await turn(l);
    group.cancel();
    co_await group.join();
    CHECK_FALSE(slept);
  }(loop));
  CHECK(Clock::now() - begin < 10min);
}
