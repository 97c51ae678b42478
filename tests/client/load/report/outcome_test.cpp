#include "client/load/report/outcome.hpp"

#include "tests/catch.hpp"
#include "tests/client/load/report/sample_results.hpp"

using namespace client::load;
using namespace client::load::report;

TEST_CASE("the outcome is the first of interrupted, failed, invalid, missed that applies") {
  Results results = tests::open_loop_results();
  const Verdict met{.expectation = {}, .met = true, .actual = {}};
  const Verdict missed{.expectation = {}, .met = false, .actual = {}};
  const std::array<Verdict, 2> verdicts{met, missed};

  CHECK(outcome_of(results, {}) == Outcome::ok);
  CHECK(outcome_of(results, std::span{verdicts}.first(1)) == Outcome::ok);
  results.total.errors[ErrorKind::timeout] = 1;
  CHECK(outcome_of(results, {}) == Outcome::ok);
  CHECK(outcome_of(results, verdicts) == Outcome::missed);
  results.health.invalid = {"too slow"};
  CHECK(outcome_of(results, verdicts) == Outcome::invalid);
  results.total.errors[ErrorKind::mismatch] = 1;
  CHECK(outcome_of(results, verdicts) == Outcome::failed);
  results.interrupted = true;
  CHECK(outcome_of(results, verdicts) == Outcome::interrupted);
}

TEST_CASE("a run in which nothing was answered has failed") {
  Results results = tests::open_loop_results();
  results.total.requests = 0;
  CHECK(outcome_of(results, {}) == Outcome::failed);
}
