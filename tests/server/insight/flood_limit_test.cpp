#include "server/insight/flood_limit.hpp"

#include "tests/catch.hpp"

using config::LogLevel;
using server::insight::FloodLimit;
using namespace std::chrono_literals;

namespace {

const FloodLimit::Clock::time_point start{1h};

/// How many of `lines` were admitted.
int admit(FloodLimit& floods, int lines, FloodLimit::Clock::time_point when,
          std::string_view event = "event") {
  int admitted = 0;
  for (int i = 0; i < lines; ++i) admitted += floods.admit(event, LogLevel::info, 10, when) ? 1 : 0;
  return admitted;
}

}  // namespace

TEST_CASE("so many lines of a kind are admitted in a second, from the first one on", "[flood]") {
  FloodLimit floods;
  CHECK(admit(floods, 6, start) == 6);
  CHECK(admit(floods, 6, start + 999ms) == 4);
}

TEST_CASE("no line is held back of a kind that keeps to its limit", "[flood]") {
  FloodLimit floods;
  for (int second = 0; second < 5; ++second) {
    CHECK(admit(floods, 10, start + std::chrono::seconds(second)) == 10);
  }
  CHECK_FALSE(floods.next());
  CHECK_FALSE(floods.take(start + 1h));
}

TEST_CASE("one kind's flood is none of another's", "[flood]") {
  FloodLimit floods;
  CHECK(admit(floods, 50, start, "one") == 10);
  CHECK(admit(floods, 5, start, "two") == 5);
}

TEST_CASE("what was suppressed is told once its second is over, with its level", "[flood]") {
  FloodLimit floods;
  admit(floods, 10, start);
  CHECK_FALSE(floods.next());
  CHECK_FALSE(floods.admit("event", LogLevel::error, 10, start + 500ms));
  REQUIRE(floods.next());
  CHECK(*floods.next() == start + 1s);
  CHECK_FALSE(floods.take(start + 999ms));
  const auto told = floods.take(start + 1s);
  REQUIRE(told);
  CHECK(told->event == "event");
  CHECK(told->level == LogLevel::error);
  CHECK(told->count == 1);
  CHECK_FALSE(floods.take(start + 1s));
  CHECK_FALSE(floods.next());
}

TEST_CASE("nothing comes before the count of what is missing, however late that is told",
          "[flood]") {
  FloodLimit floods;
  admit(floods, 11, start);
  CHECK(admit(floods, 3, start + 5s) == 0);
  const auto told = floods.take(start + 5s);
  REQUIRE(told);
  CHECK(told->count == 4);
  CHECK(admit(floods, 11, start + 5s) == 10);
}

TEST_CASE("of several floods the first one's count is due first", "[flood]") {
  FloodLimit floods;
  admit(floods, 11, start + 100ms, "one");
  admit(floods, 11, start, "two");
  REQUIRE(floods.next());
  CHECK(*floods.next() == start + 1s);
}
