#include "client/load/report/report.hpp"

#include <chrono>
#include <cstdio>
#include <unistd.h>
#include <utility>

#include "client/load/report/plan_text.hpp"
#include "client/load/report/quantities.hpp"
#include "client/load/report/results_json.hpp"
#include "client/load/report/style.hpp"
#include "client/load/report/summary.hpp"
#include "client/measure/hdr_text.hpp"

namespace client::load::report {
namespace {

// The time that HdrHistogram's files hold without further words: what a client of the service felt,
// as far as it is known.
std::string main_time(const Plan& plan) {
  return (plan.open_loop() ? "response time of " : "service time of ") + target_name(plan);
}

}  // namespace

Report::Report(const Plan& plan, Outputs outputs)
    : plan_(plan),
      expectations_(std::move(outputs.expectations)),
      json_(std::move(outputs.json)),
      ndjson_(std::move(outputs.ndjson)),
      hgrm_(std::move(outputs.hgrm)),
      hlog_(std::move(outputs.hlog)),
      quiet_(outputs.quiet),
      display_(STDERR_FILENO, plan) {}

void Report::connecting(const Plan& plan) {
  if (quiet_) return;
  display_.status("opening " + counted(plan.connections, "connection") + " to " +
                  target_name(plan));
}

void Report::started() {
  if (!quiet_ && plan_.warmup.count() > 0) {
    display_.status("warming up for " + readable_span(plan_.warmup));
  }
  if (!hlog_.is_open()) return;
  const auto time = std::chrono::system_clock::now() +
                    std::chrono::duration_cast<std::chrono::system_clock::duration>(plan_.warmup);
  std::string comment = main_time(plan_);
  if (plan_.open_loop()) comment += ", with the tag service its service time";
  hlog_.write(measure::hlog_header(time, comment + ", in nanoseconds"));
}

void Report::interval(const Figures& figures) {
  if (ndjson_.is_open()) ndjson_.write(interval_json(figures, plan_.open_loop()));
  if (hlog_.is_open() && plan_.open_loop()) {
    hlog_.write(measure::hlog_line(figures.start, figures.length, figures.response));
    hlog_.write(measure::hlog_line(figures.start, figures.length, figures.service, "service"));
  } else if (hlog_.is_open()) {
    hlog_.write(measure::hlog_line(figures.start, figures.length, figures.service));
  }
  if (!quiet_) display_.interval(figures);
}

void Report::stopping() {
  if (!quiet_) display_.status("ending; waiting for replies under way, Ctrl-C again does not");
}

Outcome Report::finish(const Results& results) {
  display_.clear();
  std::vector<Verdict> verdicts;
  verdicts.reserve(expectations_.size());
  for (const Expectation& expectation : expectations_) {
    verdicts.push_back(evaluate(expectation, results));
  }
  if (json_.is_open()) json_.write(results_json(results, verdicts));
  if (hgrm_.is_open()) {
    const Figures& total = results.total;
    hgrm_.write(
        measure::hgrm(plan_.open_loop() ? total.response : total.service, main_time(plan_)));
  }
  bool taken = false;
  for (const OutputFile* const file : {&json_, &ndjson_, &hgrm_, &hlog_}) {
    taken = taken || file->is_standard_output();
  }
  std::FILE* const out = taken ? stderr : stdout;
  const std::string text = summary(results, verdicts, style_of(::fileno(out)));
  const bool printed =
      std::fwrite(text.data(), 1, text.size(), out) == text.size() && std::fflush(out) == 0;
  const Outcome outcome = outcome_of(results, verdicts);
  const bool written = close_files();
  return outcome == Outcome::ok && !(printed && written) ? Outcome::failed : outcome;
}

bool Report::close_files() {
  bool written = true;
  for (OutputFile* const file : {&json_, &ndjson_, &hgrm_, &hlog_}) {
    const std::string error = file->close();
    if (error.empty()) continue;
    std::fprintf(stderr, "echoline: %s\n", error.c_str());
    written = false;
  }
  return written;
}

}  // namespace client::load::report
