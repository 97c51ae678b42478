// Writes reports of sample results on standard output, for test_reports.py and for looking at them:
// write_reports results|interval|summary open|closed|bad|quiet [colour]
#include <iostream>
#include <string>
#include <vector>

#include "client/load/report/interval_json.hpp"
#include "client/load/report/results_json.hpp"
#include "client/load/report/summary.hpp"
#include "tests/client/load/report/sample_results.hpp"

namespace {

using namespace client::load;

Results bad_results() {
  Results results = tests::open_loop_results();
  results.interrupted = true;
  results.total.length = std::chrono::milliseconds{3200};
  results.total.errors[ErrorKind::timeout] = 3;
  results.total.errors[ErrorKind::connect] = 1200;
  results.total.errors[ErrorKind::mismatch] = 17;
  results.error_examples[0] = "connection refused";
  results.mismatches = {{.connection = 3,
                         .sequence = 1017,
                         .offset = 42,
                         .expected = "abc\r\n\"more\"",
                         .got = std::string("abd\0\xff\x80", 6),
                         .got_sequence = {}},
                        {.connection = 4,
                         .sequence = 2,
                         .offset = 0,
                         .expected = std::string(64, '\x01'),
                         .got = "",
                         .got_sequence = 7}};
  results.unsent = 12;
  results.notes = {
      "The last reply came 2.1 s after the last request was sent; the rate counts them."};
  results.health.invalid = {
      "a generator thread was busy 99.2 % of the time and may have kept requests back; use more "
      "threads (--threads 2), or a lower --rate",
      "requests were sent up to 12 ms late"};
  results.plan.target_name = "caf\xc3\xa9 \"quoted\"\n\xff";
  return results;
}

Results results_of(const std::string& kind) {
  if (kind == "open") return tests::open_loop_results();
  if (kind == "closed") return tests::closed_loop_results();
  if (kind == "bad") return bad_results();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string form = argv[1];
  const Results results = results_of(argv[2]);
  std::vector<report::Verdict> verdicts;
  for (const char* const text : {"p99<5ms", "errors=0", "rate>=60k"}) {
    const auto parsed = report::parse_expectation(text, results.plan.open_loop());
    verdicts.push_back(report::evaluate(parsed.expectation, results));
  }
  if (form == "results") std::cout << report::results_json(results, verdicts);
  if (form == "interval") {
    std::cout << report::interval_json(results.total, results.plan.open_loop());
  }
  if (form == "summary") {
    std::cout << report::summary(results, verdicts, {.colour = argc > 3, .unicode = true});
  }
}
