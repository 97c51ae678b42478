#include "server/admission/token_bucket.hpp"

#include "tests/catch.hpp"

using server::admission::TokenBucket;
using namespace std::chrono_literals;

namespace {

using Clock = TokenBucket::Clock;

/// A bucket under a clock of the test's.
struct Bucket {
  bool try_take() {
    if (!bucket.has(rate, now)) return false;
    bucket.take(rate, now);
    return true;
  }
  int take_all() {
    int taken = 0;
    while (try_take()) ++taken;
    return taken;
  }

  TokenBucket::Rate rate;
  Clock::time_point now{100h};
  TokenBucket bucket{};
};

}  // namespace

TEST_CASE("a bucket holds its burst, and fills at its rate", "[bucket]") {
  Bucket bucket{TokenBucket::Rate::of(10, 3)};
  CHECK(bucket.take_all() == 3);
  bucket.now += 99ms;
  CHECK(bucket.take_all() == 0);
  bucket.now += 1ms;
  CHECK(bucket.take_all() == 1);
  bucket.now += 250ms;
  CHECK(bucket.take_all() == 2);
  bucket.now += 50ms;
  CHECK(bucket.take_all() == 1);
  bucket.now += 1h;
  CHECK(bucket.take_all() == 3);
}

TEST_CASE("over ten seconds a bucket gives what its rate says, whatever is asked of it",
          "[bucket]") {
  struct Row {
    std::uint32_t per_second;
    std::uint32_t burst;
    Clock::duration step;  // between two who ask
  };
  const auto row = GENERATE(values<Row>({{1, 1, 1ms},
                                         {3, 1, 7ms},
                                         {100, 10, 1ms},
                                         {100, 1, 100us},
                                         {999, 10, 50us},
                                         {10'000, 10, 10us},
                                         {10'000, 100, 7ms},
                                         {100'000, 100, 900us}}));
  INFO(row.per_second << " a second, " << row.burst << " at once");
  Bucket bucket{TokenBucket::Rate::of(row.per_second, row.burst)};
  const auto end = bucket.now + 10s;
  std::uint64_t taken = 0;
  for (; bucket.now < end; bucket.now += row.step)
    taken += static_cast<unsigned>(bucket.take_all());
  const double expected = 10.0 * row.per_second;
  CHECK(static_cast<double>(taken) <= expected * 1.001 + row.burst);
  // What comes less often than the burst allows for leaves some of the rate unused.
  const auto between = std::max<Clock::duration>(row.step, 1s / row.per_second);
  const double most =
      static_cast<double>(row.burst) / std::chrono::duration<double>(between).count();
  CHECK(static_cast<double>(taken) >= std::min(expected, 10.0 * most) * 0.99);
}

TEST_CASE("a rate of 0 is no rate", "[bucket]") {
  CHECK_FALSE(TokenBucket::Rate::of(0, 10));
  CHECK(TokenBucket::Rate::of(1'000'000, 1));
}

TEST_CASE("a bucket whose rate was changed is bound by the new one at once", "[bucket]") {
  Bucket bucket{TokenBucket::Rate::of(1, 1'000'000)};
  CHECK(bucket.take_all() == 1'000'000);
  bucket.rate = TokenBucket::Rate::of(10, 5);
  CHECK(bucket.take_all() == 0);
  bucket.now += 100ms;
  CHECK(bucket.take_all() == 1);
}
