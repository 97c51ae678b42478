// RateLimit: what goes when, on a clock of the test's own.
#include "streams/faults/rate_limit.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using faults::Duration;
using faults::RateLimit;
using faults::Time;

namespace {

constexpr Time begin{1h};
constexpr std::size_t plenty = 1 << 20;

/// Bytes that go within `time` where whoever sends wakes up `late` after each moment, and has at
/// most `piece` bytes at hand.
std::uint64_t sent_in(std::uint64_t rate, Duration time, Duration late,
                      std::size_t piece = plenty) {
  RateLimit limit(rate, begin);
  std::uint64_t sent = 0;
  for (auto now = begin; now < begin + time;) {
    const std::size_t size = limit.allowed(piece, now);
    if (size == 0) {
      now = limit.when() + late;
      continue;
    }
    limit.went(size, now);
    sent += size;
  }
  return sent;
}

}  // namespace

TEST_CASE("the rate is exact, however late whoever sends wakes up", "[rate_limit]") {
  for (const std::uint64_t rate : {10'240U, 100'000U, 1'048'576U, 104'857'600U, 1'073'741'824U}) {
    for (const Duration late : {0us, 100us, 3000us, 40'000us}) {
      for (const std::size_t piece : {std::size_t{100}, std::size_t{65'536}, plenty}) {
        // So many steps would tell nothing new.
        if (rate / piece > 100'000) continue;
        INFO(rate << " bytes/s, " << late.count() << " ns late, " << piece);
        const auto wanted = static_cast<double>(5 * rate);
        const auto sent = static_cast<double>(sent_in(rate, 5s, late, piece));
        CHECK(sent == Approx(wanted).epsilon(0.02));
      }
    }
  }
}

TEST_CASE("nobody waits for less than a fifth of a millisecond", "[rate_limit]") {
  RateLimit limit(100'000'000, begin);
  limit.went(20'000, begin);
  CHECK(limit.when() == begin + 200us);
  CHECK(limit.allowed(plenty, begin) == limit.piece());
  limit.went(100, begin);
  CHECK(limit.allowed(plenty, begin) == 0);
}

TEST_CASE("a rate below a byte a moment is one byte at a time", "[rate_limit]") {
  CHECK(sent_in(1, 5s, 0ms) == 5);
  CHECK(sent_in(30, 10s, 1ms) == 300);
}

TEST_CASE("no rate holds nothing back", "[rate_limit]") {
  RateLimit limit(0, begin);
  CHECK(limit.allowed(plenty, begin) == plenty);
  limit.went(plenty, begin);
  limit.was_idle(begin, begin + 1s);
  CHECK(limit.allowed(plenty, begin) == plenty);
}

TEST_CASE("pieces are of 2 ms, or of 25 ms below 4 KiB", "[rate_limit]") {
  const auto piece = [](std::uint64_t rate) { return RateLimit(rate, begin).piece(); };
  CHECK(piece(1) == 1);
  CHECK(piece(10'240) == 256);
  CHECK(piece(163'840) == 4096);
  CHECK(piece(1'048'576) == 4096);
  CHECK(piece(4'096'000) == 8192);
  CHECK(piece(100'000'000) == 200'000);
}

TEST_CASE("who was idle has nothing to catch up with, who came late has", "[rate_limit]") {
  RateLimit limit(100'000, begin);  // 2,500 in 25 ms
  CHECK(limit.allowed(plenty, begin) == 2500);
  limit.went(2500, begin);
  CHECK(limit.allowed(plenty, begin) == 0);
  CHECK(limit.when() == begin + 25ms);
  // 50 ms late: 5,000 more.
  CHECK(limit.allowed(plenty, begin + 75ms) == 7500);
  // Idle for these 50 ms: 1 ms of them.
  limit.was_idle(begin + 25ms, begin + 75ms);
  CHECK(limit.allowed(plenty, begin + 75ms) == 2600);
}

TEST_CASE("a short wait for something else costs nothing of the rate", "[rate_limit]") {
  RateLimit limit(100'000, begin);
  limit.was_idle(begin, begin + 900us);
  CHECK(limit.allowed(plenty, begin + 900us) == 2590);
}

TEST_CASE("a program that was stopped does not send it all at once", "[rate_limit]") {
  RateLimit limit(100'000, begin);
  CHECK(limit.allowed(plenty, begin + 1h) == 27'500);
  limit.went(27'500, begin + 1h);
  CHECK(limit.when() == begin + 1h + 25ms);
}
