#include "client/ping/statistics.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::ping::Statistics;

TEST_CASE("the summary of no round trips is empty, and what was lost was sent") {
  Statistics statistics;
  statistics.lose();
  CHECK(statistics.summary().empty());
  CHECK(statistics.sent() == 1);
  CHECK(statistics.answered() == 0);
  CHECK(statistics.lost() == 1);
}

TEST_CASE("the summary of one round trip says the same everywhere, and no deviation") {
  Statistics statistics;
  statistics.answer(1500us);
  CHECK(statistics.answered() == 1);
  CHECK(statistics.summary() ==
        "min/avg/p50/p99/max/mdev = 1.500/1.500/1.500/1.500/1.500/0.000 ms");
}

TEST_CASE("statistics do not depend on the order of arrival; percentiles have three digits") {
  Statistics statistics;
  for (int i = 200; i >= 1; --i) statistics.answer(std::chrono::milliseconds{i});
  const Statistics::Times times = statistics.times();
  CHECK(times.min == 1);
  CHECK(times.avg == Approx(100.5));
  CHECK(times.p50 == Approx(100).epsilon(0.001));
  CHECK(times.p99 == Approx(198).epsilon(0.001));
  CHECK(times.max == 200);
  CHECK(times.mdev == Approx(57.734).epsilon(0.0001));
}

TEST_CASE("what came after more than a day counts as a day, and no figure is above the largest") {
  Statistics statistics;
  statistics.answer(100h);
  statistics.answer(30h);
  const Statistics::Times times = statistics.times();
  constexpr double a_day = 24 * 3'600'000.0;
  CHECK(times.min == a_day);
  CHECK(times.avg == a_day);
  CHECK(times.max == a_day);
  CHECK(times.mdev == 0);
}

TEST_CASE("a mean of the same fractions is not above them") {
  for (int tenths = 1; tenths < 100; ++tenths) {
    Statistics statistics;
    for (int i = 0; i < 7; ++i) statistics.answer(std::chrono::nanoseconds{tenths * 333'333 - i});
    const Statistics::Times times = statistics.times();
    CHECK(times.min <= times.avg);
    CHECK(times.avg <= times.max);
  }
}

TEST_CASE("the loss is told in percent, as ping(8) words it") {
  Statistics statistics;
  CHECK(statistics.counts() == "0 sent, 0 answered, 0 lost");
  statistics.answer(1ms);
  CHECK(statistics.counts() == "1 sent, 1 answered, 0 lost, 0% loss");
  statistics.lose();
  statistics.answer(1ms);
  CHECK(statistics.counts() == "3 sent, 2 answered, 1 lost, 33.3333% loss");
  CHECK(statistics.loss_percent() == Approx(100 / 3.0));
}

TEST_CASE("times are written in milliseconds with three decimals") {
  CHECK(client::ping::in_milliseconds(1us) == "0.001");
  CHECK(client::ping::in_milliseconds(2s) == "2000.000");
}
