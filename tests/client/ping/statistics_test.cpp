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

TEST_CASE("times are written in milliseconds with three decimals") {
  CHECK(client::ping::in_milliseconds(1us) == "0.001");
  CHECK(client::ping::in_milliseconds(2s) == "2000.000");
}
