#include "client/load/thread_usage.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::between;
using client::load::ThreadLoad;
using client::load::ThreadUsage;
using client::load::Time;

TEST_CASE("a thread is busy for its time on a processor, and waits for the time without one") {
  const ThreadUsage begin{Time{1s}, 100ms, 0ms, 10ms};
  const ThreadLoad load = between(begin, {Time{3s}, 900ms, 0ms, 510ms});
  CHECK(load.busy == Approx(0.4));
  CHECK(load.waited == Approx(0.25));
}

TEST_CASE("spinning is not work") {
  const ThreadUsage begin{Time{1s}, 100ms, 50ms, 0ms};
  CHECK(between(begin, {Time{2s}, 1100ms, 750ms, 0ms}).busy == Approx(0.3));
  // A thread that lost its processor in mid-spin has spun longer than it ran.
  CHECK(between(begin, {Time{2s}, 500ms, 650ms, 0ms}).busy == 0);
}

TEST_CASE("no time is no load") {
  const ThreadUsage now{Time{1s}, 100ms, 50ms, 10ms};
  CHECK(between(now, now).busy == 0);
}
