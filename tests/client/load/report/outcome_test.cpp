#include "client/load/report/outcome.hpp"

#include "tests/catch.hpp"
#include "tests/client/load/report/sample_results.hpp"

using namespace client::load;
using namespace client::load::report;

namespace {

Outcome outcome_with(const Results& results, std::string_view objective) {
  const auto parsed = parse_expectation(objective, true);
  INFO(parsed.error);
  REQUIRE(parsed);
  const Verdict verdict = evaluate(parsed.expectation, results);
  return outcome_of(results, {&verdict, 1});
}

}  // namespace

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
  results.total.answered = 0;
  CHECK(outcome_of(results, {}) == Outcome::failed);
}

TEST_CASE("a reply that nobody asked for fails a run") {
  Results results = tests::open_loop_results();
  results.other_errors[ErrorKind::mismatch] = 1;
  CHECK(outcome_of(results, {}) == Outcome::failed);
}

TEST_CASE("an outage fails a run, unless an objective says how much availability is enough") {
  Results results = tests::open_loop_results();
  results.outages = {{.from = std::chrono::seconds{3}, .length = std::chrono::seconds{1}}};
  CHECK(outcome_of(results, {}) == Outcome::failed);
  CHECK(failures(results, {}) ==
        std::vector<std::string>{"there was no service for 1.00 s, from 3.00 s on"});
  CHECK(outcome_with(results, "availability>=90%") == Outcome::ok);
  CHECK(outcome_with(results, "availability>90%") == Outcome::missed);
  CHECK(outcome_with(results, "errors<50%") == Outcome::failed);
}

TEST_CASE("a target that is gone fails the run, though others have served") {
  Results results = tests::open_loop_results();
  results.plan.targets.push_back({streams::HostPort{"::1", 7}, "[::1]:7"});
  results.targets.resize(2);
  CHECK(outcome_of(results, {}) == Outcome::ok);
  results.targets[1].outages = {
      {.from = std::chrono::seconds{3}, .length = std::chrono::seconds{2}}};
  CHECK(failures(results, {}) ==
        std::vector<std::string>{"there was no service at [::1]:7 for 2.00 s, from 3.00 s on"});
  CHECK(results.availability() == 1);
}

TEST_CASE("errors of more than a tenth fail a run, unless an objective says how many may be") {
  Results results = tests::open_loop_results();
  results.total.offered = 1000;
  results.total.answered = 900;
  results.total.errors[ErrorKind::timeout] = 60;
  results.total.errors[ErrorKind::unsent] = 40;
  CHECK(outcome_of(results, {}) == Outcome::ok);
  results.total.answered = 899;
  results.total.errors[ErrorKind::unsent] = 41;
  CHECK(outcome_of(results, {}) == Outcome::failed);
  CHECK(outcome_with(results, "p50<100s") == Outcome::failed);
  for (const char* const met :
       {"errors<=101", "errors<11%", "success>=89.9%", "unsent<50", "timeout=60"}) {
    CHECK(outcome_with(results, met) == Outcome::ok);
  }
  for (const char* const missed : {"errors<10%", "success>90%", "unsent=0"}) {
    CHECK(outcome_with(results, missed) == Outcome::missed);
  }
  results.plan.max_error_share = 0.5;
  CHECK(outcome_of(results, {}) == Outcome::ok);
}

TEST_CASE("a run that was ended early has failed, whatever was expected") {
  Results results = tests::open_loop_results();
  results.ended_early = "that was enough";
  CHECK(outcome_with(results, "errors=0") == Outcome::failed);
  CHECK(failures(results, {}) == std::vector<std::string>{"ended early: that was enough"});
}

TEST_CASE("what the generator could not send does not fail the service") {
  Results results = tests::open_loop_results();
  results.total.offered = 2 * results.total.answered;
  results.total.errors[ErrorKind::unsent] = results.total.answered;
  CHECK(outcome_of(results, {}) == Outcome::failed);
  results.health.invalid = {"the generator sent late"};
  CHECK(outcome_of(results, {}) == Outcome::invalid);
}

TEST_CASE("a machine without a free port does not fail the service") {
  Results results = tests::open_loop_results();
  results.total.offered = 2 * results.total.answered;
  results.total.errors[ErrorKind::connect] = results.total.answered;
  results.outages = {{.from = std::chrono::seconds{0}, .length = std::chrono::seconds{5}}};
  CHECK(outcome_of(results, {}) == Outcome::failed);
  results.health.out_of_ports = 1;
  results.health.invalid = {"no free local port"};
  CHECK(outcome_of(results, {}) == Outcome::invalid);
}
