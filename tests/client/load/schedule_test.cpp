#include "client/load/schedule.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::Duration;
using client::load::RateStage;
using client::load::Schedule;

TEST_CASE("a constant rate is due at multiples of its interval, and does not drift") {
  const Schedule schedule({{1000, 1000, 0s}}, 0s);
  CHECK(schedule.due(0) == 0s);
  CHECK(schedule.due(1) == 1ms);
  CHECK(schedule.due(1500) == 1500ms);
  CHECK(schedule.due(3'600'000'000.0) == 1000h);
}

TEST_CASE("a rate that is no whole number of nanoseconds apart keeps its average") {
  const Schedule schedule({{30'000, 30'000, 0s}}, 0s);
  CHECK(schedule.due(1) == 33'333ns);
  CHECK(schedule.due(30'000) == 1s);
  CHECK(schedule.due(30'000.0 * 86'400) == 24h);
}

TEST_CASE("a ramp is due by its area") {
  // 0 to 100 a second in 10 s: 500 requests, a quarter of them in the first half.
  const Schedule schedule({{0, 100, 10s}}, 0s);
  CHECK(schedule.due(0) == 0s);
  CHECK(schedule.due(125) == 5s);
  CHECK(schedule.due(500) == 10s);
  CHECK(schedule.position(5s) == Approx(125));
  CHECK(schedule.position(10s) == Approx(500));
}

TEST_CASE("after a ramp its last rate goes on") {
  const Schedule schedule({{0, 100, 10s}}, 0s);
  CHECK(schedule.due(600) == 11s);
  CHECK(schedule.position(12s) == Approx(700));
}

TEST_CASE("a ramp may go down, to nothing") {
  const Schedule schedule({{100, 0, 10s}}, 0s);
  CHECK(schedule.due(375) == 5s);
  CHECK(schedule.due(501) == Duration::max());
  CHECK(schedule.position(20s) == Approx(500));
}

TEST_CASE("steps follow each other without a gap") {
  const Schedule schedule({{10, 10, 2s}, {100, 100, 1s}, {1, 1, 5s}}, 0s);
  CHECK(schedule.due(19) == 1900ms);
  CHECK(schedule.due(20) == 2s);
  CHECK(schedule.due(21) == 2010ms);
  CHECK(schedule.due(120) == 3s);
  CHECK(schedule.due(121) == 4s);
}

TEST_CASE("a stage without requests passes, and nothing is due in it") {
  const Schedule schedule({{10, 10, 1s}, {0, 0, 5s}, {10, 10, 1s}}, 0s);
  CHECK(schedule.due(9) == 900ms);
  CHECK(schedule.due(10) == 6s);
  CHECK(schedule.due(11) == 6100ms);
  CHECK(schedule.position(3s) == Approx(10));
}

TEST_CASE("the warm-up has the first stage's rate and comes before it") {
  const Schedule schedule({{100, 200, 10s}}, 2s);
  CHECK(schedule.due(100) == 1s);
  CHECK(schedule.due(200) == 2s);
  CHECK(schedule.position(2s) == Approx(200));
  CHECK(schedule.position(12s) == Approx(1700));
}

TEST_CASE("position and due are each other's inverse, in every stage") {
  const Schedule schedule({{5, 500, 3s}, {500, 20, 4s}, {20, 20, 1s}}, 1s);
  for (double position = 0; position < 3000; position += 17) {
    CAPTURE(position);
    CHECK(schedule.position(schedule.due(position)) == Approx(position).margin(1e-5));
  }
}
