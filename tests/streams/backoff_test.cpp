#include "streams/backoff.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using streams::Backoff;
using Duration = Backoff::Duration;

namespace {

std::vector<Duration> delays(Backoff backoff, int count) {
  std::vector<Duration> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(backoff.next());
  return drawn;
}

}  // namespace

TEST_CASE("the ceiling doubles from the first delay up to the cap", "[backoff]") {
  Backoff backoff(100ms, 1s, 1);
  for (const Duration expected : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms, 1000ms}) {
    CHECK(backoff.ceiling() == expected);
    static_cast<void>(backoff.next());
  }
}

TEST_CASE("every delay lies between nothing and its ceiling", "[backoff]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Backoff backoff(100ms, 5s, seed);
    for (int i = 0; i < 10; ++i) {
      const Duration ceiling = backoff.ceiling();
      const Duration delay = backoff.next();
      REQUIRE(delay >= 0ms);
      REQUIRE(delay <= ceiling);
    }
  }
}

TEST_CASE("the jitter is full: delays lie all over the range", "[backoff]") {
  Backoff backoff(1s, 1s, 42);
  std::vector<int> tenths(10);
  for (int i = 0; i < 1000; ++i) {
    const auto tenth = backoff.next() / 100ms;
    ++tenths[static_cast<std::size_t>(std::min<long>(tenth, 9))];
  }
  CHECK(*std::min_element(tenths.begin(), tenths.end()) > 50);
  CHECK(*std::max_element(tenths.begin(), tenths.end()) < 200);
}

TEST_CASE("the same seed gives the same delays, another seed others", "[backoff]") {
  CHECK(delays(Backoff(1s, 1h, 7), 10) == delays(Backoff(1s, 1h, 7), 10));
  CHECK(delays(Backoff(1s, 1h, 7), 10) != delays(Backoff(1s, 1h, 8), 10));
  CHECK(delays(Backoff(1s, 1h, 7), 10) != delays(Backoff(1s, 1h, 7 + (1ULL << 32)), 10));
}

TEST_CASE("those whose seeds are neighbours do not come back together", "[backoff]") {
  std::vector<int> tenths(10);
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const auto tenth = Backoff(1s, 1s, seed).next() / 100ms;
    ++tenths[static_cast<std::size_t>(std::min<long>(tenth, 9))];
  }
  CHECK(*std::min_element(tenths.begin(), tenths.end()) > 50);
  CHECK(*std::max_element(tenths.begin(), tenths.end()) < 200);
}

TEST_CASE("a reset begins at the first delay again, with fresh jitter", "[backoff]") {
  Backoff backoff(1s, 1h, 3);
  const Duration first = backoff.next();
  static_cast<void>(backoff.next());
  CHECK(backoff.ceiling() == 4s);
  backoff.reset();
  CHECK(backoff.ceiling() == 1s);
  CHECK(backoff.next() != first);
}

TEST_CASE("a Backoff is a value: a copy goes on as the original does", "[backoff]") {
  Backoff backoff(1s, 1h, 3);
  static_cast<void>(backoff.next());
  CHECK(delays(backoff, 5) == delays(backoff, 5));
}

TEST_CASE("a first delay of nothing stays nothing, one above the cap is the cap", "[backoff]") {
  CHECK(delays(Backoff(0ms, 1h, 3), 3) == std::vector<Duration>(3, Duration::zero()));
  Backoff backoff(10s, 1s, 3);
  CHECK(backoff.ceiling() == 1s);
  static_cast<void>(backoff.next());
  CHECK(backoff.ceiling() == 1s);
}

TEST_CASE("the largest cap is reached without an overflow", "[backoff]") {
  Backoff backoff(1ns, Duration::max(), 3);
  Duration before = Duration::zero();
  for (int i = 0; i < 70; ++i) {
    REQUIRE(backoff.ceiling() >= before);
    before = backoff.ceiling();
    REQUIRE(backoff.next() >= Duration::zero());
  }
  CHECK(backoff.ceiling() == Duration::max());
}
