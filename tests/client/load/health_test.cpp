#include "client/load/health.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::Duration;
using client::load::judge;
using client::load::Results;
using client::load::ThreadLoad;

namespace {

Results open_loop(Duration lag, Duration response) {
  Results results;
  results.plan.stages = {{1000, 1000, 0s}};
  results.asked_rate = 1000;
  results.total.length = 2s;
  results.total.answered = 2000;
  results.rates.answered = 1000;
  results.total.response.record(response, 2000);
  results.health.own_lag.record(lag, 2000);
  return results;
}

Results closed_loop() {
  Results results;
  results.total.length = 2s;
  results.total.answered = 2000;
  return results;
}

}  // namespace

TEST_CASE("a run whose requests left late is invalid, and says what to change") {
  Results results = open_loop(5ms, 20ms);
  judge(results, {{0.5, 0}});
  REQUIRE(results.health.invalid.size() == 1);
  CHECK(results.health.invalid[0].find("sent late") != std::string::npos);
  CHECK(results.health.invalid[0].find("--threads") != std::string::npos);
}

TEST_CASE("a lag that is small, or small beside the response time, is no matter") {
  Results small = open_loop(900us, 1ms);
  judge(small, {{0.5, 0}});
  CHECK(small.valid());
  Results beside = open_loop(5ms, 80ms);
  judge(beside, {{0.5, 0}});
  CHECK(beside.valid());
}

TEST_CASE("a rate that was missed is the generator's fault only when that had no time left") {
  Results results = open_loop(100us, 1ms);
  results.rates.answered = 900;
  judge(results, {{0.5, 0}});
  CHECK(results.valid());
  judge(results, {{0.5, 0}, {0.97, 0}});
  REQUIRE(results.health.invalid.size() == 1);
  CHECK(results.health.invalid[0].find("reached 900 of 1000") != std::string::npos);
}

TEST_CASE("a generator that waited for a processor makes a run invalid, in both loops") {
  Results open = open_loop(100us, 1ms);
  judge(open, {{0.5, 0.3}});
  REQUIRE(open.health.invalid.size() == 1);
  CHECK(open.health.invalid[0].find("waited for a processor for 30 %") != std::string::npos);
  Results closed = closed_loop();
  judge(closed, {{0.5, 0.3}});
  CHECK_FALSE(closed.valid());
}

TEST_CASE("in a run of less than a second, waiting for a processor is no matter") {
  Results results = closed_loop();
  results.total.length = 900ms;
  judge(results, {{0.5, 0.3}});
  CHECK(results.valid());
}

TEST_CASE("a closed loop whose generator had no time left is valid, and said to be its own") {
  Results results = closed_loop();
  judge(results, {{0.97, 0}});
  CHECK(results.valid());
  REQUIRE(results.notes.size() == 1);
  CHECK(results.notes[0].find("generator-bound") != std::string::npos);
  CHECK(results.health.thread_busy == std::vector<double>{0.97});
}

TEST_CASE("where every reply differs, the protocol is asked about") {
  Results results = closed_loop();
  results.total.errors[client::load::ErrorKind::mismatch] = 3;
  judge(results, {{0.5, 0}});
  CHECK(results.notes.empty());
  results.total.answered = 0;
  judge(results, {{0.5, 0}});
  REQUIRE(results.notes.size() == 1);
  CHECK(results.notes[0].find("another protocol? (--protocol)") != std::string::npos);
}

TEST_CASE("a run that found no local port is invalid, and names what gives more of them") {
  Results results = closed_loop();
  results.health.out_of_ports = 3;
  judge(results, {{0.5, 0}});
  REQUIRE(results.health.invalid.size() == 1);
  for (const char* const word : {"port", "--bind", "ip_local_port_range", "--connect-rate"}) {
    CHECK(results.health.invalid[0].find(word) != std::string::npos);
  }
}

TEST_CASE("requests that waited for their turn on a connection do not make a run invalid") {
  Results results = open_loop(100us, 1ms);
  results.health.lag.record(800ms, 2000);
  judge(results, {{0.5, 0}});
  CHECK(results.valid());
}
