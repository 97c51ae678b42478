// Reports of runs that never were, for test_reports.py and for looking at them:
// write_reports open|closed|bad|nothing FOLDER [-|quiet] tells of three intervals of a second,
// writes run.json, run.ndjson, run.hgrm and run.hlog into the folder (with -, the JSON to standard
// output) and exits with the run's outcome.
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "client/load/report/report.hpp"
#include "tests/client/load/report/sample_results.hpp"

namespace {

using namespace client::load;
using namespace std::chrono_literals;

Results bad_results() {
  Results results = tests::open_loop_results();
  tests::add_parts(results);
  results.interrupted = true;
  results.total.length = 3200ms;
  results.total.errors[ErrorKind::connect] = 1200;
  results.total.errors[ErrorKind::timeout] = 3;
  results.total.errors[ErrorKind::mismatch] = 17;
  results.total.errors[ErrorKind::unsent] = 12;
  results.total.offered = results.total.answered + results.total.errors.total();
  results.total.connects_failed = 1200;
  results.other_errors[ErrorKind::closed] = 2;
  results.outages = {{.from = 1s, .length = 1500ms}};
  results.targets[1].outages = results.outages;
  results.stamped.record(50us, 3us);
  results.error_examples[0] = "connection refused";
  Mismatch changed;
  changed.connection = 3;
  changed.sequence = 1017;
  changed.offset = 42;
  changed.expected = "abc\r\n\"more\"";
  changed.got = std::string("abd\0\xff\x80", 6);
  Mismatch lost;
  lost.connection = 4;
  lost.expected = std::string(64, '\x01');
  lost.got_sequence = 7;
  results.mismatches = {changed, lost};
  results.notes = {"12 requests were due and never sent; how long they waited is in the times."};
  results.health.invalid = {
      "a generator thread was busy 99.2 % of the time and may have kept requests back; use more "
      "threads (--threads 2), or a lower --rate",
      "requests were sent up to 12 ms late"};
  results.plan.targets[0].name = "caf\xc3\xa9 \"quoted\" \xff:7";
  results.plan.payload.lines = {PlannedLine("ECHO {seq}\r\n")};
  return results;
}

Results results_of(std::string_view kind) {
  if (kind == "open") return tests::open_loop_results();
  if (kind == "closed") return tests::closed_loop_results();
  if (kind == "bad") return bad_results();
  return {};
}

Figures interval_of(const Results& results, int number) {
  Figures figures;
  figures.start = std::chrono::seconds{number};
  figures.length = 1s;
  figures.offered = figures.answered = results.total.answered / 10;
  figures.bytes_sent = figures.answered * 64;
  figures.bytes_received = figures.answered * 64;
  figures.connections_active = results.total.connections_active;
  if (results.total.answered != 0) figures.service = tests::sample_times(38us, 1000);
  if (results.plan.open_loop()) figures.response = tests::sample_times(45us, 1000);
  return figures;
}

int report_on(const Results& results, const std::string& folder, std::string_view how) {
  report::Outputs outputs;
  outputs.json = how == "-" ? "-" : folder + "/run.json";
  outputs.ndjson = folder + "/run.ndjson";
  outputs.hgrm = folder + "/run.hgrm";
  outputs.hlog = folder + "/run.hlog";
  outputs.quiet = how == "quiet";
  for (const std::string_view text : {"p99<5ms", "errors=0", "rate>=60k"}) {
    outputs.expectations.push_back(
        report::parse_expectation(text, results.plan.open_loop()).expectation);
  }
  report::Report report(results.plan, std::move(outputs));
  report.connecting(results.plan);
  report.started();
  for (int number = 0; number < 3; ++number) report.interval(interval_of(results, number));
  return static_cast<int>(report.finish(results));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return report_on(results_of(argv[1]), argv[2], argc > 3 ? argv[3] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
