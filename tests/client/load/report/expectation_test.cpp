#include "client/load/report/expectation.hpp"

#include "tests/catch.hpp"
#include "tests/client/load/report/sample_results.hpp"

using namespace client::load;
using namespace client::load::report;

namespace {

Verdict verdict(std::string_view text, const Results& results) {
  const auto parsed = parse_expectation(text, results.plan.open_loop());
  INFO(text << ": " << parsed.error);
  REQUIRE(parsed);
  return evaluate(parsed.expectation, results);
}

std::string error(std::string_view text, bool open_loop = true) {
  return parse_expectation(text, open_loop).error;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("an expectation is a name, a relation and a value") {
  struct Row {
    std::string_view text;
    Subject subject;
    Relation relation;
    double limit;
  };
  const Row rows[] = {{"p99<5ms", Subject::response, Relation::less, 5e6},
                      {"p99.9 <= 1.5 s", Subject::response, Relation::at_most, 1.5e9},
                      {"service.max<1s", Subject::service, Relation::less, 1e9},
                      {"response.p50>10us", Subject::response, Relation::more, 1e4},
                      {"response.p50>10µs", Subject::response, Relation::more, 1e4},
                      {"connect.mean<250000ns", Subject::connect, Relation::less, 250e3},
                      {"lag.p99<50us", Subject::lag, Relation::less, 50e3},
                      {"min>=0ns", Subject::response, Relation::at_least, 0},
                      {"rate>=50000", Subject::rate, Relation::at_least, 50e3},
                      {"rate>=50k", Subject::rate, Relation::at_least, 50e3},
                      {"rate>=1.2M/s", Subject::rate, Relation::at_least, 1.2e6},
                      {"requests=1000", Subject::requests, Relation::equal, 1000},
                      {"errors==0", Subject::errors, Relation::equal, 0},
                      {"errors<0.5%", Subject::errors, Relation::less, 0.005},
                      {"mismatch=0", Subject::errors, Relation::equal, 0},
                      {"unsent=0", Subject::errors, Relation::equal, 0},
                      {"success>=99.9%", Subject::success, Relation::at_least, 0.999},
                      {"availability > 99 %", Subject::availability, Relation::more, 0.99}};
  for (const auto& [text, subject, relation, limit] : rows) {
    const auto parsed = parse_expectation(text, true);
    INFO(text << ": " << parsed.error);
    REQUIRE(parsed);
    CHECK(parsed.expectation.text == text);
    CHECK(parsed.expectation.subject == subject);
    CHECK(parsed.expectation.relation == relation);
    CHECK(std::abs(parsed.expectation.limit - limit) <= limit * 1e-12);
  }
  CHECK(parse_expectation("p99<5ms", false).expectation.subject == Subject::service);
}

TEST_CASE("what cannot be read is refused with what can be said") {
  CHECK(contains(error("p99"), "none of <, <=, >, >=, ="));
  CHECK(contains(error("p99!=5ms"), "none of <, <=, >, >=, ="));
  CHECK(contains(error(""), "as in \"p99<5ms\""));
  for (const std::string_view text :
       {"latency<5ms", "<5ms", "p<5ms", "p101<5ms", "p-1<5ms", "99<5ms", "service<5ms",
        "service.<5ms", "other.p99<5ms", "pnan<5ms", "p99x<5ms", "P99<5ms"}) {
    INFO(text);
    CHECK(contains(error(text), "is not a measurement; write one of p50, p99.9"));
  }
  for (const std::string_view text : {"p99<5", "p99<", "p99<ms", "p99<-5ms", "p99<5min", "p99<infs",
                                      "p99<=<5ms", "p99<5%", "p99<1e3ms"}) {
    INFO(text);
    CHECK(contains(error(text), "is not a value for p99; write a number and ns, us, ms or s"));
  }
  CHECK(contains(error("rate>5ms"), "a number, with k or M if you like"));
  CHECK(contains(error("errors=none"), "a number or a percentage"));
  CHECK(contains(error("success>=1"), "a percentage, as in 99.9%"));
}

TEST_CASE("a closed loop has no response time and no lag to expect anything of") {
  for (const std::string_view text : {"response.p99<5ms", "lag.max<1ms"}) {
    CHECK(contains(error(text, false), "a closed loop has no schedule"));
    CHECK(error(text, true).empty());
  }
}

TEST_CASE("an expectation is met or missed, and its verdict says what was") {
  Results results = tests::open_loop_results();
  results.total.response.reset();
  results.total.response.record(std::chrono::microseconds{7310}, 100);
  results.total.errors[ErrorKind::timeout] = 50;
  results.total.offered = 500'000;

  CHECK(verdict("p99<8ms", results).met);
  CHECK_FALSE(verdict("p99<5ms", results).met);
  CHECK(verdict("p99<5ms", results).text() == "p99<5ms, was 7.31 ms");
  CHECK(verdict("max<=7310us", results).met);
  CHECK_FALSE(verdict("max<7310us", results).met);
  CHECK(verdict("min=7310us", results).met);
  CHECK(verdict("service.p50<1ms", results).met);
  CHECK(verdict("rate>=49k", results).met);
  CHECK(verdict("rate>=50000", results).text() == "rate>=50000, was 49.99 k/s");
  CHECK(verdict("requests>499949", results).met);
  CHECK(verdict("errors=0", results).text() == "errors=0, was 50");
  CHECK(verdict("timeout<=50", results).met);
  CHECK(verdict("mismatch=0", results).met);
  CHECK(verdict("errors<0.01%", results).text() == "errors<0.01%, was 0.010 %");
  CHECK(verdict("errors<=0.01%", results).met);
}

TEST_CASE("a time that was not measured does not pass for a short one") {
  const Results nothing;
  for (const std::string_view text : {"p99<5ms", "max>=0s", "connect.p50<1s"}) {
    CHECK_FALSE(verdict(text, nothing).met);
    CHECK(verdict(text, nothing).actual == "not measured");
  }
}
