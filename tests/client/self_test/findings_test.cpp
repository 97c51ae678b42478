#include "client/self_test/findings.hpp"

#include <optional>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::self_test::conclusion;
using client::self_test::Duration;
using client::self_test::find;
using client::self_test::find_rate;
using client::self_test::Finding;
using client::self_test::Findings;
using client::self_test::known;
using client::self_test::RateFinding;
using client::self_test::starvation_text;
using client::self_test::text_of;
using client::self_test::Trial;
using client::self_test::Verdict;
using client::self_test::verdict_of;

namespace {

/// A run on a machine that was quiet: the service's times, and the client's.
Trial trial(Duration logged, Duration measured) {
  Trial trial;
  trial.log.record(logged, 2000);
  trial.overslept.record(60us, 2000);
  trial.results.asked_rate = 1000;
  trial.results.rates.answered = 1000;
  trial.results.total.service.record(measured, 2000);
  trial.results.total.response.record(measured, 2000);
  trial.results.health.lag.record(20us, 2000);
  return trial;
}

Finding found(const Trial& trial) { return find(known[0], trial); }

Findings all(Verdict verdict, std::optional<bool> noticed) {
  Findings findings;
  Finding finding = found(trial(10ms, 10100us));
  findings.distributions = {finding, finding};
  findings.distributions[1].verdict = verdict;
  findings.starvation_noticed = noticed;
  return findings;
}

}  // namespace

TEST_CASE("figures that agree with the log are right, on whatever machine") {
  Trial one = trial(10ms, 10100us);
  CHECK(found(one).verdict == Verdict::right);
  one.results.health.lag.record(5ms, 2000);
  CHECK(found(one).verdict == Verdict::right);
}

TEST_CASE("what took more than one attempt says how many") {
  Finding finding = found(trial(10ms, 10100us));
  CHECK(text_of(finding).find("attempt") == std::string::npos);
  finding.attempts = 3;
  CHECK(text_of(finding).find("at 1.000 k/s, in attempt 3\n") != std::string::npos);
  RateFinding rate;
  CHECK(text_of(rate).find("attempt") == std::string::npos);
  rate.attempts = 2;
  CHECK(text_of(rate).find("INVALID, in attempt 2\n") != std::string::npos);
}

TEST_CASE("figures that do not agree are wrong if the machine was quiet") {
  const Finding finding = found(trial(10ms, 11ms));
  CHECK(finding.verdict == Verdict::wrong);
  CHECK(text_of(finding).find("over 10.2 ms") != std::string::npos);
}

TEST_CASE("where the machine was not quiet nothing is told") {
  Trial late = trial(10ms, 11ms);
  late.results.health.lag.record(1ms, 100);
  CHECK(found(late).verdict == Verdict::disturbed);
  Trial overslept = trial(10ms, 11ms);
  overslept.overslept.record(1ms, 100);
  CHECK(found(overslept).verdict == Verdict::disturbed);
  Trial stolen = trial(10ms, 11ms);
  stolen.results.health.surroundings.stolen = 0.01;
  CHECK(found(stolen).verdict == Verdict::disturbed);
  Trial stopped = trial(10ms, 11ms);
  stopped.results.health.standstills.add(1s, 200ms);
  CHECK(found(stopped).verdict == Verdict::disturbed);
  Trial invalid = trial(10ms, 11ms);
  invalid.results.health.invalid = {"the generator waited"};
  CHECK(text_of(found(invalid)).find("the generator waited") != std::string::npos);
}

TEST_CASE("no machine excuses figures below the truth") {
  Trial late = trial(10ms, 9ms);
  late.results.health.lag.record(1ms, 100);
  CHECK(found(late).verdict == Verdict::wrong);
}

TEST_CASE("it is right if everything is, and starvation is noticed") {
  CHECK(verdict_of(all(Verdict::right, true)) == Verdict::right);
  CHECK(verdict_of(all(Verdict::right, false)) == Verdict::wrong);
  CHECK(verdict_of(all(Verdict::wrong, true)) == Verdict::wrong);
  CHECK(verdict_of(all(Verdict::disturbed, true)) == Verdict::disturbed);
  CHECK(verdict_of(all(Verdict::disturbed, false)) == Verdict::wrong);
}

TEST_CASE("starvation that cannot be tried is told, and speaks against nothing") {
  CHECK(starvation_text(std::nullopt).find("\n  skipped ") != std::string::npos);
  CHECK(verdict_of(all(Verdict::right, std::nullopt)) == Verdict::right);
  CHECK(verdict_of(all(Verdict::wrong, std::nullopt)) == Verdict::wrong);
}

TEST_CASE("the machine is trusted with the rates up to the first that was late") {
  Findings findings = all(Verdict::right, true);
  for (const auto& [rate, lag] :
       {std::pair{1000.0, 20us}, {5000.0, 30us}, {20'000.0, 300us}, {50'000.0, 20us}}) {
    client::load::Results results;
    results.asked_rate = results.rates.answered = rate;
    results.health.lag.record(lag, 1000);
    findings.rates.push_back(find_rate(results));
  }
  CHECK(findings.rates[1].on_time());
  CHECK_FALSE(findings.rates[2].on_time());
  CHECK(conclusion(findings).find("up to 5.000 k/s") != std::string::npos);
}

TEST_CASE("a rate that was not reached, or is invalid, was not on time") {
  RateFinding finding;
  finding.rate = 1000;
  finding.reached = 1000;
  finding.valid = true;
  CHECK(finding.on_time());
  finding.reached = 900;
  CHECK_FALSE(finding.on_time());
  finding.reached = 1000;
  finding.valid = false;
  CHECK_FALSE(finding.on_time());
}
