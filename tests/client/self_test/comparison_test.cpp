#include "client/self_test/comparison.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::measure::Histogram;
using client::self_test::compare;
using client::self_test::Comparison;
using client::self_test::Duration;

namespace {

/// 10,000 times, of which one in a thousand is `slow`.
Histogram times(Duration usual, Duration slow) {
  Histogram histogram;
  histogram.record(usual, 9'990);
  histogram.record(slow, 10);
  return histogram;
}

Histogram times(Duration usual) { return times(usual, usual); }

}  // namespace

TEST_CASE("figures that are a little above the log are right") {
  const Comparison comparison = compare(times(10ms), times(10150us), times(10190us));
  CHECK(comparison.agrees());
  CHECK_FALSE(comparison.is_impossible());
}

TEST_CASE("figures that are more than 1 % and 100 us above the log are not right") {
  CHECK_FALSE(compare(times(10ms), times(10250us), times(10250us)).agrees());
  CHECK_FALSE(compare(times(10ms), times(10100us), times(10250us)).agrees());
  CHECK_FALSE(compare(times(100us), times(220us), times(220us)).agrees());
  CHECK_FALSE(compare(times(10ms), times(10250us), times(10250us)).is_impossible());
}

TEST_CASE("figures below the log are impossible") {
  CHECK(compare(times(10ms), times(9900us), times(10100us)).is_impossible());
  CHECK(compare(times(10ms), times(10100us), times(9900us)).is_impossible());
  CHECK(compare(times(10ms, 200ms), times(10100us, 150ms), times(10100us, 200ms)).is_impossible());
}

TEST_CASE("a stall that a histogram has left out is found") {
  // As one has it that counts from the sending, on a connection that waits.
  Histogram log;
  log.record(2ms, 900);
  for (int i = 1; i <= 100; ++i) log.record(i * 2ms);
  Histogram omitting;
  omitting.record(2100us, 999);
  omitting.record(200ms);
  CHECK_FALSE(compare(log, omitting, log).agrees());
  CHECK(compare(log, log, log).agrees());
}

TEST_CASE("a histogram of other requests than the log's is not believed") {
  Histogram more = times(10ms);
  more.record(10ms);
  CHECK(compare(times(10ms), more, times(10ms)).is_impossible());
  CHECK(compare(times(10ms), times(10ms), more).is_impossible());
  CHECK(compare(times(10ms), Histogram{}, Histogram{}).is_impossible());
}

TEST_CASE("above the 99.9th percentile nothing is judged") {
  Histogram late = times(10ms);
  Histogram log = times(10ms);
  late.record(500ms, 5);
  log.record(10ms, 5);
  CHECK(compare(log, late, late).agrees());
  late.record(500ms, 20);
  log.record(10ms, 20);
  CHECK_FALSE(compare(log, late, late).agrees());
}
