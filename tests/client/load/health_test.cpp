#include "client/load/health.hpp"

#include <string>
#include <vector>

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
  results.health.threads = {{.busy = 0.5}};
  results.health.surroundings.processors = {4, 4, false, {0, 1, 2, 3}};
  return results;
}

Results closed_loop() {
  Results results;
  results.total.length = 2s;
  results.total.answered = 2000;
  results.health.threads = {{.busy = 0.5}};
  results.health.surroundings.processors = {4, 4, false, {0, 1, 2, 3}};
  return results;
}

bool has(const std::vector<std::string>& sentences, const std::string& words) {
  for (const std::string& sentence : sentences) {
    if (sentence.find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a run whose requests left late is invalid") {
  Results results = open_loop(5ms, 20ms);
  judge(results);
  REQUIRE(results.health.invalid.size() == 1);
  CHECK(has(results.health.invalid, "sent late"));
}

TEST_CASE("a lag that is small, or small beside the response time, is no matter") {
  Results small = open_loop(900us, 1ms);
  judge(small);
  CHECK(small.valid());
  Results beside = open_loop(5ms, 80ms);
  judge(beside);
  CHECK(beside.valid());
}

TEST_CASE("of a few requests the latest says nothing, and most of them do") {
  const auto judged = [](std::uint64_t late, std::uint64_t in_time) {
    Results results = open_loop(0ms, 0ms);
    results.total.response.reset();
    results.health.own_lag.reset();
    results.total.response.record(10ms, late);
    results.health.own_lag.record(5ms, late);
    results.total.response.record(1ms, in_time);
    results.health.own_lag.record(10us, in_time);
    judge(results);
    return results.health.invalid;
  };
  CHECK(judged(1, 0).empty());
  CHECK(judged(9, 0).empty());
  CHECK(judged(9, 90).empty());
  CHECK(has(judged(60, 39), "50 % of the requests left within 5.0"));
  CHECK(has(judged(2, 98), "99 % of the requests left within 5.0"));
}

TEST_CASE("a rate that was missed is the generator's fault only when that had no time left") {
  Results results = open_loop(100us, 1ms);
  results.rates.answered = 900;
  judge(results);
  CHECK(results.valid());
  results.health.threads = {{.busy = 0.5}, {.busy = 0.97}};
  judge(results);
  REQUIRE(results.health.invalid.size() == 1);
  CHECK(has(results.health.invalid, "reached 900 of 1000"));
}

TEST_CASE("a thread that spins has time left") {
  Results results = open_loop(100us, 1ms);
  results.rates.answered = 900;
  results.health.threads = {{.busy = 1, .spun = 0.4}};
  judge(results);
  CHECK(results.valid());
}

TEST_CASE("a generator that waited for a processor makes a run invalid, in both loops") {
  for (const bool open : {true, false}) {
    Results results = open ? open_loop(100us, 1ms) : closed_loop();
    results.health.threads[0].waited = 0.3;
    judge(results);
    REQUIRE(results.health.invalid.size() == 1);
    CHECK(has(results.health.invalid, "waited for a processor for 30 %"));
  }
}

TEST_CASE("where the service was on the same processors the figures are both of theirs") {
  for (const bool open : {true, false}) {
    Results results = open ? open_loop(100us, 1ms) : closed_loop();
    results.health.surroundings.local_target = true;
    results.health.threads[0].waited = 0.3;
    judge(results);
    CHECK(results.valid());
    REQUIRE(results.notes.size() == 1);
    CHECK(has(results.notes, "share this machine's 4 processors"));
    CHECK(results.health.commands.size() == 2);

    results.health.threads[0].waited = 0.6;
    judge(results);
    CHECK_FALSE(results.valid());
  }
}

TEST_CASE("a service on processors of its own is none that ours were shared with") {
  Results results = closed_loop();
  results.health.surroundings.local_target = true;
  results.health.surroundings.processors = {2, 4, false, {2, 3}};
  results.health.surroundings.services.emplace_back().processors = {0, 1};
  results.health.threads[0].waited = 0.3;
  judge(results);
  CHECK(has(results.health.invalid, "other programs were on its processors"));
  CHECK(results.health.commands.empty());
}

TEST_CASE("in a run of less than a second, waiting for a processor is no matter") {
  Results results = closed_loop();
  results.total.length = 900ms;
  results.health.threads[0].waited = 0.3;
  judge(results);
  CHECK(results.valid());
}

TEST_CASE("a generator that stood still is seen in both loops: long, or for a moment") {
  for (const bool open : {true, false}) {
    Results results = open ? open_loop(100us, 1ms) : closed_loop();
    results.health.standstills.add(1200ms, 700ms);
    results.total.length = 3s;
    judge(results);
    REQUIRE(results.health.invalid.size() == 1);
    CHECK(has(results.health.invalid, "stood still for 0.700 s"));
  }
  for (const bool open : {true, false}) {
    Results results = open ? open_loop(100us, 1ms) : closed_loop();
    results.health.standstills.add(1200ms, 700ms);
    results.total.length = 30s;
    judge(results);
    CHECK(results.valid());
    CHECK(has(results.notes, "stood still for 0.700 s, from 1.20 s on"));
  }
}

TEST_CASE("a closed loop whose generator had no time left is valid, and said to be its own") {
  Results results = closed_loop();
  results.health.threads = {{.busy = 0.97}};
  judge(results);
  CHECK(results.valid());
  REQUIRE(results.notes.size() == 1);
  CHECK(has(results.notes, "generator-bound"));
}

TEST_CASE("where every reply differs, the protocol is asked about") {
  Results results = closed_loop();
  results.total.errors[client::load::ErrorKind::mismatch] = 3;
  judge(results);
  CHECK(results.notes.empty());
  results.total.answered = 0;
  judge(results);
  REQUIRE(results.notes.size() == 1);
  CHECK(has(results.notes, "another protocol? (--protocol)"));
}

TEST_CASE("where replies came and none was right, the generator is not judged") {
  for (const bool open : {true, false}) {
    Results results = open ? open_loop(5ms, 20ms) : closed_loop();
    results.total.answered = 0;
    results.total.bytes_received = 22;
    results.health.threads = {{.busy = 0.97, .waited = 0.9}};
    results.health.standstills.add(1200ms, 700ms);
    judge(results);
    CHECK(results.valid());
    CHECK(results.notes.empty());
    CHECK(results.health.commands.empty());
    // Of one that heard nothing, the generator may be why.
    results.total.bytes_received = 0;
    judge(results);
    CHECK_FALSE(results.valid());
  }
}

TEST_CASE("a run that found no local port is invalid, and names what gives more of them") {
  Results results = closed_loop();
  results.health.out_of_ports = 3;
  judge(results);
  REQUIRE(results.health.invalid.size() == 1);
  for (const char* const word : {"port", "--bind", "ip_local_port_range", "--connect-rate"}) {
    CHECK(has(results.health.invalid, word));
  }
}

TEST_CASE("requests that waited for their turn on a connection do not make a run invalid") {
  Results results = open_loop(100us, 1ms);
  results.health.lag.record(800ms, 2000);
  judge(results);
  CHECK(results.valid());
}

TEST_CASE("too few connections for the rate: the ceiling, and how many it takes") {
  Results results = open_loop(100us, 400ms);
  results.plan.connections = 1;
  results.rates.answered = 200;
  results.health.lag.record(400ms, 2000);
  results.total.service.record(5ms, 2000);
  judge(results);
  CHECK(results.valid());
  REQUIRE(results.notes.size() == 1);
  CHECK(has(results.notes, "allow 200 replies per second; 1000 per second need at least 6"));
}

TEST_CASE("nothing is said of a ceiling that was not in the way") {
  Results enough = open_loop(100us, 400ms);
  enough.plan.connections = 20;
  enough.health.lag.record(400ms, 2000);
  enough.total.service.record(5ms, 2000);
  judge(enough);
  CHECK(enough.notes.empty());
  Results on_time = open_loop(100us, 5ms);
  on_time.plan.connections = 5;
  on_time.health.lag.record(100us, 2000);
  on_time.total.service.record(5ms, 2000);
  judge(on_time);
  CHECK(on_time.notes.empty());
}
