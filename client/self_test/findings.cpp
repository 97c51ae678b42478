#include "client/self_test/findings.hpp"

#include <algorithm>

#include "client/load/report/columns.hpp"
#include "client/load/report/quantities.hpp"
#include "client/load/sentence.hpp"

namespace client::self_test {
namespace {

using namespace std::chrono_literals;
using load::report::left;
using load::report::readable_count;
using load::report::readable_rate;
using load::report::readable_time;
using load::report::right;
using load::report::wrapped;

constexpr std::size_t width = 80;
constexpr std::size_t label_width = 13;
constexpr std::size_t column = 14;
constexpr Duration on_time_within = 100us;
constexpr double enough = 0.99;

std::string paragraph(std::string_view label, const std::string& text) {
  const std::string filled = std::string(label_width, '_') + text;
  return left(label, label_width) + wrapped(filled, width, label_width).substr(label_width) + '\n';
}

std::string attempts_text(int attempts) {
  return attempts == 1 ? std::string() : ", in attempt " + std::to_string(attempts);
}

std::string row_text(const Row& row) {
  const std::string name = row.percent < 100 ? load::sentence("p%g", row.percent) : "max";
  std::string line = "  " + left(name, label_width - 2) + right(readable_time(row.logged), column) +
                     right(readable_time(row.service), column) +
                     right(readable_time(row.response), column);
  if (row.below_truth()) return line + "  less than the truth\n";
  if (!row.judged) return line + "  not judged\n";
  return line + (row.above_truth()
                     ? "  over " + readable_time(row.logged + allowed_above(row.logged)) + '\n'
                     : "  right\n");
}

}  // namespace

Finding find(Delays delays, const Trial& trial) {
  Finding finding;
  finding.delays = delays;
  finding.rate = trial.results.asked_rate;
  finding.comparison =
      compare(trial.log, trial.results.total.service, trial.results.total.response);
  finding.disturbance = disturbance(trial);
  if (finding.comparison.agrees()) {
    finding.verdict = Verdict::right;
  } else if (finding.disturbance.empty()) {
    finding.verdict = Verdict::wrong;
  } else {
    // However busy a machine is, nobody waits for less than the service took; but requests that
    // were given up are in one account only.
    const bool all_answered = trial.results.total.errors.total() == 0;
    finding.verdict =
        finding.comparison.is_impossible() && all_answered ? Verdict::wrong : Verdict::disturbed;
  }
  return finding;
}

bool RateFinding::on_time() const noexcept {
  return valid && lag_p99 < on_time_within && reached >= enough * rate;
}

RateFinding find_rate(const load::Results& results) {
  RateFinding finding;
  finding.rate = results.asked_rate;
  finding.reached = results.rates.answered;
  finding.lag_p50 = results.health.lag.percentile(50);
  finding.lag_p99 = results.health.lag.percentile(99);
  finding.valid = results.valid();
  return finding;
}

Verdict verdict_of(const Findings& findings) {
  const auto any = [&findings](Verdict verdict) {
    return std::ranges::any_of(findings.distributions, [verdict](const Finding& finding) {
      return finding.verdict == verdict;
    });
  };
  if (any(Verdict::wrong) || !findings.starvation_noticed.value_or(true)) return Verdict::wrong;
  return any(Verdict::disturbed) ? Verdict::disturbed : Verdict::right;
}

std::string text_of(const Finding& finding) {
  const Comparison& comparison = finding.comparison;
  std::string text =
      '\n' + paragraph(finding.delays.name, std::string(finding.delays.meaning) + "; " +
                                                readable_count(comparison.logged) +
                                                " requests at " + readable_rate(finding.rate) +
                                                attempts_text(finding.attempts));
  text += std::string(label_width, ' ') + right("service's log", column) +
          right("service time", column) + right("response time", column) + '\n';
  for (const Row& row : comparison.rows) text += row_text(row);
  if (comparison.logged != comparison.measured) {
    text += paragraph("", "the client has measured " + readable_count(comparison.measured));
  }
  switch (finding.verdict) {
    case Verdict::right: break;
    case Verdict::wrong: return text + paragraph("WRONG", "the figures are not the service's");
    case Verdict::disturbed:
      return text + paragraph("disturbed", "nothing can be told: " + finding.disturbance);
  }
  return text;
}

std::string starvation_text(const std::optional<Trial>& trial) {
  std::string text = '\n' + paragraph("starvation",
                                      "the generator, the service and eight other threads on one "
                                      "processor: the figures must be found invalid");
  if (!trial) {
    return text + paragraph("  skipped", "this program may not choose its processor here");
  }
  if (trial->results.valid()) return text + paragraph("WRONG", "they passed for the service's");
  return text + paragraph("  noticed", why_invalid(trial->results));
}

std::string rates_header() {
  return '\n' +
         paragraph("on time", "rates at which 99 of 100 requests leave within " +
                                  readable_time(on_time_within) + " of their time") +
         std::string(label_width, ' ') + right("reached", column) + right("late: p50", column) +
         right("p99", column) + '\n';
}

std::string text_of(const RateFinding& finding) {
  return "  " + left(readable_rate(finding.rate), label_width - 2) +
         right(readable_rate(finding.reached), column) +
         right(readable_time(finding.lag_p50), column) +
         right(readable_time(finding.lag_p99), column) +
         (finding.on_time() ? "  on time"
          : finding.valid   ? "  late"
                            : "  INVALID") +
         attempts_text(finding.attempts) + '\n';
}

std::string conclusion(const Findings& findings) {
  double trusted = 0;
  for (const RateFinding& finding : findings.rates) {
    if (!finding.on_time()) break;
    trusted = finding.rate;
  }
  switch (verdict_of(findings)) {
    case Verdict::right: break;
    case Verdict::wrong:
      return '\n' + paragraph("WRONG",
                              "the figures of this program on this machine cannot be "
                              "trusted; please report it");
    case Verdict::disturbed:
      return '\n' + paragraph("INVALID",
                              "this machine was too busy to tell; try again when it has "
                              "nothing else to do");
  }
  std::string text = "to p99.9 the figures are the service's, within 1 % and 100 µs";
  text += trusted > 0 ? "; one thread sends on time at up to " + readable_rate(trusted)
                      : "; but no rate was sent on time, so the times below a millisecond are not";
  return '\n' + paragraph("RIGHT", text);
}

}  // namespace client::self_test
