#include "server/process/usage.hpp"

#include <chrono>

#include "tests/catch.hpp"

using server::process::Usage;

TEST_CASE("the process has started a moment ago", "[usage]") {
  using namespace std::chrono;
  const auto start = Usage::start_time();
  REQUIRE(start);
  const auto age = system_clock::now() - system_clock::time_point(milliseconds(*start * 10));
  // Ticks and clocks are rounded, and no test runs for longer than an hour.
  CHECK(age > -seconds(1));
  CHECK(age < hours(1));
}
