#include "client/load/report/summary.hpp"

#include <algorithm>
#include <sstream>

#include "client/load/report/columns.hpp"
#include "tests/catch.hpp"
#include "tests/client/load/report/sample_results.hpp"

using namespace client::load;
using namespace client::load::report;

namespace {

constexpr Style plain{.colour = false, .unicode = true};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Verdict judged(std::string_view text, const Results& results) {
  return evaluate(parse_expectation(text, results.plan.open_loop()).expectation, results);
}

}  // namespace

TEST_CASE("an ordinary summary fits a screen of 80 columns and 24 lines, without trailing spaces") {
  for (const Results& results :
       {tests::open_loop_results(), tests::closed_loop_results(), Results{}}) {
    const std::vector<Verdict> verdicts{judged("errors=0", results), judged("rate>1M", results)};
    const std::string text = summary(results, verdicts, plain);
    INFO(text);
    const auto lines = lines_of(text);
    CHECK(lines.size() <= 23);
    CHECK(text.back() == '\n');
    for (const std::string& line : lines) {
      CHECK(columns(line) <= 80);
      CHECK((line.empty() || line.back() != ' '));
    }
  }
}

TEST_CASE("the open loop has both times, side by side and named") {
  Results results = tests::open_loop_results();
  results.total.response.reset();
  results.total.response.record(std::chrono::milliseconds{500}, 1000);
  results.total.service.reset();
  results.total.service.record(std::chrono::microseconds{38}, 1000);
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "latency        response       service    response times\n"));
  CHECK(has(text, "p99.9            500 ms       38.0 µs"));
  CHECK(has(text, "38.0 µs    < 560 ms  ████████████████████ 100.00 %\n"));
  CHECK(has(text, "49.99 k/s of 50.00 k/s asked (99.99 %)\n"));
  CHECK_FALSE(has(text, "coordinated omission"));
}

TEST_CASE("a rate that was not even sent is said apart from what was answered of it") {
  Results results = tests::open_loop_results();
  results.rates = {.offered = 50'000, .sent = 45'000, .answered = 40'000};
  CHECK(
      has(summary(results, {}, plain), "40.00 k/s of 50.00 k/s asked (80.0 %), 45.00 k/s sent\n"));
}

TEST_CASE("the closed loop says that it knows service time only, and what that hides") {
  const std::string text = summary(tests::closed_loop_results(), {}, plain);
  CHECK(has(text, "latency         service    service times\n"));
  CHECK(has(text, "service time only, which hides coordinated omission"));
  CHECK_FALSE(has(text, "asked"));
}

TEST_CASE("a profile has a row for each stage, and its peak") {
  Results results = tests::open_loop_results();
  CHECK_FALSE(has(summary(results, {}, plain), "stage "));
  tests::add_parts(results);
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "\npeak         49.99 k/s answered in the second from 12 s on\n"));
  CHECK(
      has(text, "\nstage                  offered  answered  errors      p50      p99      max\n"));
  CHECK(has(text, "\n1 k/s to 50 k/s, 10 s  255,000   255,000       0  "));
  CHECK(has(text, "\n50 k/s, 20 s           256,234   255,000   1,234  "));
  // A ramp that was cut short has not reached its end.
  results.stages.pop_back();
  results.stages[0].length = std::chrono::seconds{5};
  CHECK(has(summary(results, {}, plain), "\n1 k/s to 25.5 k/s, 5 s "));
}

TEST_CASE("several targets have a row each, and what went to none another") {
  Results results = tests::open_loop_results();
  tests::add_parts(results);
  CHECK_FALSE(has(summary(results, {}, plain), "(not sent)"));
  results.total.errors[ErrorKind::unsent] = 500;
  results.targets[1].outages = {{std::chrono::seconds{1}, std::chrono::seconds{2}}};
  results.targets[1].times.reset();
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "\ntarget          offered  answered  errors "));
  CHECK(has(text, "\n127.0.0.1:7007  255,000   255,000       0  "));
  CHECK(has(text, "\n[::1]:7         256,234   255,000   1,234        -        -        -\n"));
  CHECK(has(text, "\n(not sent)          500         0     500        -        -        -\n"));
  CHECK(has(text, "\nno service   at [::1]:7 for 2.00 s, from 1.00 s on\ngenerator"));
}

TEST_CASE("a summary fits any terminal, and its columns are whole") {
  for (std::size_t width = 40; width <= 80; ++width) {
    for (const bool open_loop : {true, false}) {
      Results results = open_loop ? tests::open_loop_results() : tests::closed_loop_results();
      tests::add_parts(results);
      if (!open_loop) results.plan.stages.clear();
      results.stages.resize(results.plan.stages.size());
      results.outages = {{std::chrono::seconds{1}, std::chrono::seconds{2}}};
      const std::vector<Verdict> verdicts{judged("errors=0", results), judged("rate>1M", results)};
      const Style style{.colour = false, .unicode = true, .width = width};
      const std::string text = summary(results, verdicts, style);
      INFO(text);
      for (const std::string& line : lines_of(text)) {
        CHECK(columns(line) <= width);
        CHECK((line.empty() || line.back() != ' '));
      }
    }
  }
  const Style narrow{.colour = false, .unicode = true, .width = 60};
  CHECK(has(summary(tests::open_loop_results(), {}, narrow), "p99.9  "));
}

TEST_CASE("no percentile is shown that too few requests make up") {
  Results results = tests::closed_loop_results();
  results.total.service.reset();
  results.total.service.record(std::chrono::milliseconds{1}, 3);
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "\np50 "));
  CHECK(has(text, "\nmax "));
  for (const char* const name : {"\np75", "\np90", "\np99", "p99.9"}) {
    CHECK_FALSE(has(text, name));
  }
}

TEST_CASE("errors stand by kind, with the first one's words, and only those that occurred") {
  Results results = tests::closed_loop_results();
  CHECK(has(summary(results, {}, plain),
            "errors       none; offered 1,234,567 = answered 1,234,567 + failed 0 + unsent 0\n"));
  results.total.errors[ErrorKind::connect] = 1200;
  results.total.errors[ErrorKind::timeout] = 3;
  results.error_examples[0] = "connection refused";
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "errors       1,203; offered"));
  CHECK(has(text, "             1,200 connect: connection refused\n             3 timeout\n"));
}

TEST_CASE("the account stands in a line, and what belongs to no request apart from it") {
  Results results = tests::open_loop_results();
  results.total.errors[ErrorKind::reset] = 38;
  results.total.errors[ErrorKind::unsent] = 12;
  results.total.offered = 500'000;
  results.other_errors[ErrorKind::closed] = 2;
  const std::string text = summary(results, {}, plain);
  CHECK(has(text,
            "errors       50; offered 500,000 = answered 499,950 + failed 38 + unsent 12\n"
            "             38 reset\n             12 unsent\nother errors 2 closed\n"));
}

TEST_CASE("an outage is shown, and that the run has failed for it") {
  Results results = tests::open_loop_results();
  results.outages = {{.from = std::chrono::milliseconds{1500}, .length = std::chrono::seconds{3}}};
  results.total.connects_failed = 7;
  results.error_examples[0] = "Connection refused";
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "no service   for 3.00 s, from 1.50 s on\navailable    70.0 % of the time\n"));
  CHECK(has(text, "; 7 attempts"));
  CHECK(has(text,
            "\nFAILED\n  - there was no service for 3.00 s, from 1.50 s on: Connection refused\n"));
}

TEST_CASE("requests that left late for want of a free connection are not the generator's fault") {
  Results results = tests::open_loop_results();
  CHECK_FALSE(has(summary(results, {}, plain), "own part"));
  results.health.lag.record(std::chrono::milliseconds{800}, 30'000);
  CHECK(has(summary(results, {}, plain), "sent late: p99 800 ms, max 800 ms;"));
}

TEST_CASE("expectations that were missed stand for themselves, with what was") {
  const Results results = tests::open_loop_results();
  const std::vector<Verdict> verdicts{judged("p50<1s", results), judged("errors=0", results),
                                      judged("rate>=60k", results)};
  const std::string text = summary(results, verdicts, plain);
  CHECK(has(text, "as expected  p50<1s, errors=0\n"));
  CHECK(has(text, "missed       rate>=60k, was 49.99 k/s\n"));
}

TEST_CASE("a wrong reply is shown with its place and both texts, unable to touch the terminal") {
  Results results = tests::closed_loop_results();
  results.total.errors[ErrorKind::mismatch] = 9;
  Mismatch mismatch;
  mismatch.connection = 3;
  mismatch.sequence = 1017;
  mismatch.offset = 42;
  mismatch.expected = "abc";
  mismatch.got = "ab\x1b[2J";
  results.mismatches = {mismatch};
  std::string text = summary(results, {}, plain);
  CHECK(has(text, "not as expected: 9, the first 1 of them\n"));
  CHECK(has(text, "  connection 3, request 1,017, offset 42 of the reply\n"));
  CHECK(has(text, "expected \"abc\"\n"));
  CHECK(has(text, "got      \"ab\\x1b[2J\"\n"));
  CHECK(text.find('\x1b') == std::string::npos);

  results.mismatches[0].expected = "a \"b\"\r\n";
  results.mismatches[0].got = "15 bytes of it, and more";
  text = summary(results, {}, plain);
  CHECK(has(text, "expected \"a \\\"b\\\"\\r\\n\"\n"));
  CHECK(has(text, "got      \"15 bytes of it,\"...\n"));

  results.mismatches[0].got.clear();
  results.mismatches[0].got_sequence = 1018;
  text = summary(results, {}, plain);
  CHECK(has(text, "got      nothing\n"));
  CHECK(has(text, "; got that of request 1,018\n"));
}

TEST_CASE(
    "an invalid run says so last, with every reason, and an interrupted one that it is partial") {
  Results results = tests::open_loop_results();
  results.interrupted = true;
  results.total.length = std::chrono::milliseconds{3200};
  // Grown step by step: GCC 12 warns of a copy beyond a string that was made in one expression.
  std::string word;
  for (int i = 0; i < 100; ++i) word += 'x';
  results.health.invalid = {"the first reason", word};
  results.health.invalid.back() += " goes on";
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "\nInterrupted after 3.2 s of 10 s: a partial report\n"));
  const std::string end =
      "\nINVALID: the generator, not the service, set these figures\n"
      "  - the first reason\n  - " +
      word + "\n    goes on\n";
  CHECK(text.ends_with(end));
}

TEST_CASE("there are escape sequences only where there are colours") {
  const Results results = tests::open_loop_results();
  CHECK(summary(results, {}, plain).find('\x1b') == std::string::npos);
  CHECK(has(summary(results, {}, {.colour = true, .unicode = true}), "\x1b["));
}

TEST_CASE("a terminal without Unicode gets ASCII in the same columns") {
  const Results results = tests::open_loop_results();
  const std::string ascii = summary(results, {}, {.colour = false, .unicode = false});
  CHECK(std::ranges::all_of(ascii, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  const auto lines = lines_of(summary(results, {}, plain));
  const auto ascii_lines = lines_of(ascii);
  REQUIRE(lines.size() == ascii_lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(columns(lines[i]) == ascii_lines[i].size());
}

TEST_CASE("the parts of a request are shown where there is more than one") {
  Results results = tests::closed_loop_results();
  CHECK_FALSE(has(summary(results, {}, plain), "parts"));
  results.plan.churn = 1;
  CHECK(has(summary(results, {}, plain), "parts        p50/p99: connect "));
  CHECK(has(summary(results, {}, plain), ", reply "));
  results.plan.churn = 0;
  results.first_byte = tests::sample_times(std::chrono::microseconds{20}, 20'000);
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "parts        p50/p99: first byte 2"));
  CHECK(has(text, ", last byte "));
}

TEST_CASE("what stamps tell of the server and of the way has a line each") {
  Results results = tests::closed_loop_results();
  CHECK_FALSE(has(summary(results, {}, plain), "on the way"));
  for (int i = 0; i < 10; ++i) {
    results.stamped.record(std::chrono::microseconds{500}, std::chrono::microseconds{20});
  }
  const std::string text = summary(results, {}, plain);
  CHECK(has(text, "\nin server    p50 20.0 µs, "));
  CHECK(has(text, "\non the way   there and back: p50 480 µs, "));
}

TEST_CASE("the network stands apart, where the kernel told of it") {
  Results results = tests::closed_loop_results();
  CHECK_FALSE(has(summary(results, {}, plain), "network"));
  results.network.rtt.record(std::chrono::microseconds{500}, 3);
  results.network.min_rtt = std::chrono::microseconds{310};
  results.network.segments_sent = 12'345;
  results.network.retransmits = 6;
  CHECK(has(summary(results, {}, plain),
            "network      RTT min 310 µs, p50 500 µs, max 500 µs; 6 of 12,345 segments resent\n"));
}
