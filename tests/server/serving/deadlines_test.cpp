#include "server/serving/deadlines.hpp"

#include <string>
#include <vector>

#include "server/serving/paces.hpp"
#include "tests/catch.hpp"

using namespace server::serving;
using server::insight::Cause;
using namespace std::chrono_literals;

namespace {

/// Nothing of what the defaults have.
config::Limits none() {
  config::Limits limits;
  limits.idle_timeout = 0s;
  return limits;
}

template <class Set>
config::Limits with(Set set) {
  config::Limits limits = none();
  set(limits);
  return limits;
}

}  // namespace

TEST_CASE("which deadline has passed is decided by what a sweep sees", "[deadlines]") {
  struct Row {
    std::string what;
    config::Limits limits;
    Progress seen;
    Cause cause;
  };
  const auto first_byte = with([](auto& limits) { limits.first_byte_timeout = 5s; });
  const auto line = with([](auto& limits) { limits.line_timeout = 5s; });
  const auto idle = with([](auto& limits) { limits.idle_timeout = 5s; });
  const auto total = with([](auto& limits) { limits.max_session_time = 5s; });
  const auto all = with([](auto& limits) {
    limits.first_byte_timeout = limits.line_timeout = limits.idle_timeout =
        limits.max_session_time = 5s;
  });
  for (const Row& row : std::vector<Row>{
           {"without deadlines nothing ever passes",
            none(),
            {9000h, 9000h, 9000h, false},
            Cause::none},
           {"a moment before the first byte's", first_byte, {4999ms, 0s, 0s, false}, Cause::none},
           {"the first byte's", first_byte, {5s, 0s, 0s, false}, Cause::first_byte_timeout},
           {"what has begun has a first byte", first_byte, {5s, 5s, 0s, true}, Cause::none},
           {"a moment before a line's", line, {9h, 0s, 4999ms, true}, Cause::none},
           {"a line's", line, {9h, 0s, 5s, true}, Cause::line_timeout},
           {"without a line there is none", line, {9h, 9h, 0s, true}, Cause::none},
           {"a moment before the idle one", idle, {9h, 4999ms, 9h, true}, Cause::none},
           {"the idle one", idle, {9h, 5s, 0s, true}, Cause::idle},
           {"a moment before the total", total, {4999ms, 0s, 0s, true}, Cause::none},
           {"the total, whatever moves", total, {5s, 0s, 0s, true}, Cause::max_session_time},
           {"the total says more than all others",
            all,
            {5s, 5s, 5s, false},
            Cause::max_session_time},
       }) {
    INFO(row.what);
    CHECK(overdue(row.limits, row.seen) == row.cause);
  }
}

TEST_CASE("of several deadlines that have passed the one that says more is told", "[deadlines]") {
  config::Limits limits = none();
  limits.first_byte_timeout = limits.line_timeout = limits.idle_timeout = 5s;
  CHECK(overdue(limits, {6s, 6s, 0s, false}) == Cause::first_byte_timeout);
  CHECK(overdue(limits, {6s, 6s, 6s, true}) == Cause::line_timeout);
}

TEST_CASE("a session that outlives its longest time has close_timeout to end well", "[deadlines]") {
  config::Limits limits = none();
  CHECK_FALSE(is_beyond_all_time(limits, 9000h));
  limits.max_session_time = 10s;
  limits.close_timeout = 2s;
  CHECK_FALSE(is_beyond_all_time(limits, 11'999ms));
  CHECK(is_beyond_all_time(limits, 12s));
}

TEST_CASE("a sweep keeps the shortest deadline, and none where there is none", "[deadlines]") {
  config::Limits limits = none();
  CHECK(shortest_deadline(limits) == 0ms);
  limits.close_timeout = 1s;
  CHECK(shortest_deadline(limits) == 0ms);
  limits.min_close_rate = 1;
  CHECK(shortest_deadline(limits) == 12s);
  limits.max_session_time = 9s;
  CHECK(shortest_deadline(limits) == 9s);
  limits.idle_timeout = 8s;
  CHECK(shortest_deadline(limits) == 8s);
  limits.drain_timeout = 7s;
  CHECK(shortest_deadline(limits) == 7s);
  limits.line_timeout = 6s;
  CHECK(shortest_deadline(limits) == 6s);
  limits.first_byte_timeout = 5s;
  CHECK(shortest_deadline(limits) == 5s);
  limits.max_session_time = 4s;
  CHECK(shortest_deadline(limits) == 4s);
}

TEST_CASE("a peer is too slow when it moves less than it has to in any period", "[deadlines]") {
  const Pace::Clock::time_point start{};
  Pace pace(100, start);
  CHECK_FALSE(pace.is_too_slow(100, 10, 5s, start + 4999ms));
  CHECK(pace.is_too_slow(100, 10, 5s, start + 5s));
  CHECK(pace.is_too_slow(109, 10, 5s, start + 5s));
  // Enough in time, and the period begins anew.
  CHECK_FALSE(pace.is_too_slow(110, 10, 5s, start + 5s));
  CHECK_FALSE(pace.is_too_slow(119, 10, 5s, start + 9999ms));
  CHECK(pace.is_too_slow(119, 10, 5s, start + 10s));
  // Much at once does not last for longer than a period.
  CHECK_FALSE(pace.is_too_slow(1'000'000, 10, 5s, start + 10s));
  CHECK(pace.is_too_slow(1'000'000, 10, 5s, start + 15s));
}

TEST_CASE("a pace is remembered from sweep to sweep, and not beyond", "[deadlines]") {
  const Pace::Clock::time_point now{};
  Paces paces;
  Pace* const one = paces.find(1, Paces::Of::drain, 0, now);
  REQUIRE(one != nullptr);
  CHECK(paces.find(1, Paces::Of::close, 0, now) != one);
  paces.forget_others();
  CHECK(paces.find(1, Paces::Of::drain, 50, now + 9s) == one);
  CHECK(one->is_too_slow(0, 1, 9s, now + 9s));
  paces.forget_others();
  CHECK_FALSE(paces.empty());
  paces.forget_others();
  CHECK(paces.empty());
}
