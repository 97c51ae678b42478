#include "client/top/readings.hpp"

#include <optional>
#include <string>

#include "tests/catch.hpp"

using namespace client::top;

namespace {

Snapshot read(const std::string& text) { return snapshot_of(parse_exposition(text).samples); }

Readings between(const std::string& before, const std::string& after, double seconds = 1) {
  return readings_of(read(before).total, read(after).total, seconds);
}

Buckets buckets(const std::string& text) { return read(text).total.loop_lag; }

std::string lag(int to_1ms, int to_10ms, int all) {
  const std::string name = "echoline_loop_lag_seconds_bucket{worker=\"0\",le=";
  return name + "\"0.001\"} " + std::to_string(to_1ms) + '\n' + name + "\"0.01\"} " +
         std::to_string(to_10ms) + '\n' + name + "\"+Inf\"} " + std::to_string(all) + '\n';
}

}  // namespace

TEST_CASE("a snapshot adds up what has labels, unless there is a sum", "[top]") {
  const Snapshot sums = read(
      "echoline_connections_active{listener=\"echo\"} 3\n"
      "echoline_connections_active{listener=\"line\"} 4\n"
      "echoline_connections_refused_total{listener=\"echo\",reason=\"limit\"} 1\n"
      "echoline_connections_refused_total{listener=\"echo\",reason=\"deny\"} 2\n");
  CHECK(sums.is_known);
  CHECK(sums.total[Figure::active] == 7);
  CHECK(sums.total[Figure::refused] == 3);
  REQUIRE(sums.listeners.size() == 2);
  CHECK(sums.listeners.at("echo")[Figure::refused] == 3);
  CHECK(sums.listeners.at("line")[Figure::active] == 4);
  CHECK_FALSE(sums.listeners.at("line")[Figure::refused]);
  CHECK(read("connections_active 9\nconnections_active{listener=\"echo\"} 3\n")
            .total[Figure::active] == 9);
}

TEST_CASE("a snapshot has version and uptime where they are told", "[top]") {
  const Snapshot told = read("echoline_build_info{version=\"1.2.3\"} 1\nuptime_seconds 7\n");
  CHECK(told.version == "1.2.3");
  CHECK(told.uptime == 7);
  const Snapshot other = read("go_goroutines 9\nconnections_active NaN\n");
  CHECK(other.version.empty());
  CHECK_FALSE(other.uptime);
  CHECK_FALSE(other.is_known);
}

TEST_CASE("a rate is what a counter went up by, each second", "[top]") {
  const Readings readings = between("bytes_sent_total 1000\nconnections_total 5\n",
                                    "bytes_sent_total 6000\nconnections_total 5\n", 2);
  CHECK(readings[Reading::sent] == 2500);
  CHECK(readings[Reading::accepted] == 0);
  CHECK_FALSE(readings[Reading::received]);
}

TEST_CASE("a counter that went back, or is new, makes no rate", "[top]") {
  const Readings readings =
      between("bytes_sent_total 1000\n", "bytes_sent_total 10\nbytes_received_total 10\n");
  CHECK_FALSE(readings[Reading::sent]);
  CHECK_FALSE(readings[Reading::received]);
  CHECK_FALSE(between("bytes_sent_total 1\n", "bytes_sent_total +Inf\n")[Reading::sent]);
}

TEST_CASE("a mean is that of what was added up between two moments", "[top]") {
  const auto lag = [](int count, double sum) {
    return "loop_lag_seconds_count " + std::to_string(count) + "\nloop_lag_seconds_sum " +
           std::to_string(sum) + '\n';
  };
  CHECK(between(lag(10, 1), lag(14, 3), 7)[Reading::lag] == 0.5);
  CHECK_FALSE(between(lag(10, 1), lag(10, 1))[Reading::lag]);
  CHECK_FALSE(between(lag(10, 1), lag(9, 2))[Reading::lag]);
  CHECK_FALSE(between(lag(10, 1), "loop_lag_seconds_count 11\n")[Reading::lag]);
}

TEST_CASE("the sessions that are stalled are those of all listeners, at once", "[top]") {
  const std::string name = "echoline_sessions_stalled{listener=";
  const Snapshot now = read(name + "\"a\"} 1\n" + name + "\"b\"} 2\n");
  CHECK(readings_of(now.total)[Reading::stalled] == 3);
}

TEST_CASE("of one snapshot there are no rates", "[top]") {
  const Readings readings =
      readings_of(read("connections_active 3\nconnections_max 8\nbytes_sent_total 4\n").total);
  CHECK(readings[Reading::active] == 3);
  CHECK(readings[Reading::max] == 8);
  CHECK_FALSE(readings[Reading::sent]);
}

TEST_CASE("another time of start or an uptime that went back is a restart, a counter only without",
          "[top]") {
  const auto restarted = [](const char* before, const char* after) {
    return has_restarted(read(before), read(after));
  };
  CHECK(restarted("uptime_seconds 9\nbytes_sent_total 1\n",
                  "uptime_seconds 0\nbytes_sent_total 5\n"));
  CHECK_FALSE(restarted("uptime_seconds 9\nbytes_sent_total 5\n",
                        "uptime_seconds 10\nbytes_sent_total 1\n"));
  CHECK(restarted("uptime_seconds 0\nbytes_sent_total 5\n",
                  "uptime_seconds 0\nbytes_sent_total 1\n"));
  CHECK(restarted("process_start_time_seconds 1700000000.25\nbytes_sent_total 1\n",
                  "process_start_time_seconds 1700000000.26\nbytes_sent_total 5\n"));
  CHECK_FALSE(restarted("process_start_time_seconds 17\nbytes_sent_total 5\n",
                        "process_start_time_seconds 17\nbytes_sent_total 1\n"));
  CHECK(restarted("bytes_sent_total 5\n", "bytes_sent_total 1\n"));
  CHECK_FALSE(restarted("connections_active 5\n", "connections_active 1\n"));
  CHECK_FALSE(restarted("bytes_sent_total 5\n", "bytes_sent_total 5\n"));
}

TEST_CASE("a percentile is that of what was counted between two moments", "[top]") {
  const Buckets before = buckets(lag(1000, 1000, 1000));
  // 100 more: 50 up to 1 ms, 40 up to 10 ms, 10 beyond.
  const Buckets after = buckets(lag(1050, 1090, 1100));
  CHECK(percentile(before, after, 0.5).value() == Approx(0.001));
  CHECK(percentile(before, after, 0.25).value() == Approx(0.0005));
  CHECK(percentile(before, after, 0.7).value() == Approx(0.0055));
  CHECK(percentile(before, after, 0.99).value() == Approx(0.01));
  CHECK(percentile({}, after, 0.5).has_value());
  CHECK_FALSE(percentile(after, after, 0.5));
  CHECK_FALSE(percentile(after, before, 0.5));
  CHECK_FALSE(percentile({}, {}, 0.5));
  CHECK_FALSE(percentile({}, buckets(lag(5, 3, 4)), 0.5));
}

TEST_CASE("the buckets of several workers are put together", "[top]") {
  const std::string two = lag(1, 2, 3) +
                          "loop_lag_seconds_bucket{worker=\"1\",le=\"0.001\"} 7\n"
                          "loop_lag_seconds_bucket{worker=\"1\",le=\"x\"} 7\n"
                          "loop_lag_seconds_bucket{worker=\"1\"} 7\n";
  CHECK(buckets(two).at_most.at(0.001) == 8);
  CHECK(buckets(two).at_most.size() == 3);
}
