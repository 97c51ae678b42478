#include "client/round_trips.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("the summary of no round trips is empty") {
  CHECK(client::RoundTrips{}.summary().empty());
}

TEST_CASE("the summary of one round trip says the same everywhere, and no deviation") {
  client::RoundTrips times;
  times.add(1500us);
  CHECK(times.count() == 1);
  CHECK(times.summary() == "min/avg/p50/p99/max/mdev = 1.500/1.500/1.500/1.500/1.500/0.000 ms");
}

TEST_CASE("percentiles are those of the nearest rank, whatever the order of arrival") {
  client::RoundTrips times;
  for (int i = 200; i >= 1; --i) times.add(std::chrono::milliseconds{i});
  CHECK(times.summary() ==
        "min/avg/p50/p99/max/mdev = 1.000/100.500/100.000/198.000/200.000/57.734 ms");
}

TEST_CASE("times are written in milliseconds with three decimals") {
  CHECK(client::in_milliseconds(1us) == "0.001");
  CHECK(client::in_milliseconds(2s) == "2000.000");
}
