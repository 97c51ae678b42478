#include "client/load/thread_usage.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::between;
using client::load::Standstills;
using client::load::stood_still;
using client::load::ThreadLoad;
using client::load::ThreadUsage;
using client::load::Time;

TEST_CASE("a thread is busy for its time on a processor, and waits for the time without one") {
  const ThreadUsage begin{Time{1s}, 100ms, 0ms, 10ms};
  const ThreadLoad load = between(begin, {Time{3s}, 900ms, 0ms, 510ms});
  CHECK(load.busy == Approx(0.4));
  CHECK(load.waited == Approx(0.25));
}

TEST_CASE("spinning is time on a processor, and not work") {
  const ThreadUsage begin{Time{1s}, 100ms, 50ms, 0ms};
  const ThreadLoad load = between(begin, {Time{2s}, 1100ms, 750ms, 0ms});
  CHECK(load.busy == Approx(1));
  CHECK(load.spun == Approx(0.7));
  CHECK(load.worked() == Approx(0.3));
}

TEST_CASE("nobody spins for longer than he runs") {
  const ThreadUsage begin{Time{1s}, 100ms, 50ms, 0ms};
  const ThreadLoad load = between(begin, {Time{2s}, 500ms, 650ms, 0ms});
  CHECK(load.busy == Approx(0.4));
  CHECK(load.worked() == 0);
}

TEST_CASE("no time is no load") {
  const ThreadUsage now{Time{1s}, 100ms, 50ms, 10ms};
  CHECK(between(now, now).busy == 0);
}

TEST_CASE("a thread that neither slept, ran nor waited stood still") {
  const ThreadUsage begin{Time{1s}, 100ms, 0ms, 10ms};
  CHECK(stood_still(begin, {Time{1050ms}, 100ms, 0ms, 10ms}, 50ms) == 0ms);
  CHECK(stood_still(begin, {Time{1040ms}, 100ms, 0ms, 10ms}, 50ms) == 0ms);
  CHECK(stood_still(begin, {Time{1750ms}, 100ms, 0ms, 10ms}, 50ms) == 700ms);
  CHECK(stood_still(begin, {Time{1750ms}, 700ms, 0ms, 110ms}, 50ms) == 0ms);
}

TEST_CASE("of several standstills the longest is kept") {
  Standstills all;
  all.add(1s, 200ms);
  all.add(3s, 300ms);
  all.add(5s, 100ms);
  CHECK(all.count == 3);
  CHECK(all.total == 600ms);
  CHECK(all.longest == 300ms);
  CHECK(all.longest_from == 3s);
}
