#include "streams/text/timestamp.hpp"

#include "tests/catch.hpp"

using text::Fraction;
using text::timestamp;
using namespace std::chrono;

TEST_CASE("a moment is written in UTC with as much of its second as is asked for") {
  const system_clock::time_point moment{microseconds{1'795'213'145'023'956}};
  CHECK(timestamp(moment, Fraction::none) == "2026-11-20T22:19:05Z");
  CHECK(timestamp(moment, Fraction::milliseconds) == "2026-11-20T22:19:05.023Z");
  CHECK(timestamp(moment, Fraction::microseconds) == "2026-11-20T22:19:05.023956Z");
}

TEST_CASE("a moment is cut off, never rounded into the next second") {
  const system_clock::time_point moment{nanoseconds{999'999'999}};
  CHECK(timestamp(moment, Fraction::none) == "1970-01-01T00:00:00Z");
  CHECK(timestamp(moment, Fraction::milliseconds) == "1970-01-01T00:00:00.999Z");
  CHECK(timestamp(moment, Fraction::microseconds) == "1970-01-01T00:00:00.999999Z");
}

TEST_CASE("moments before 1970 and leap days are written as well") {
  CHECK(timestamp(system_clock::time_point{microseconds{-1}}, Fraction::microseconds) ==
        "1969-12-31T23:59:59.999999Z");
  CHECK(timestamp(sys_days{2024y / February / 29} + 1h, Fraction::none) == "2024-02-29T01:00:00Z");
}
