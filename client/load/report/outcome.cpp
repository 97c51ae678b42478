#include "client/load/report/outcome.hpp"

#include <algorithm>

#include "client/load/report/parts_text.hpp"
#include "client/load/report/quantities.hpp"

namespace client::load::report {
namespace {

constexpr double tolerable_errors = 0.1;

// Of several reasons the one that says most.
std::string why_gone(const Results& results) {
  const std::string& refused = results.error_examples[static_cast<std::size_t>(ErrorKind::connect)];
  if (!refused.empty()) return ": " + refused;
  for (const ErrorKind kind : {ErrorKind::timeout, ErrorKind::reset, ErrorKind::closed}) {
    if (results.total.errors[kind] == 0) continue;
    return ": " + std::string(error_kinds[static_cast<std::size_t>(kind)].meaning);
  }
  return {};
}

}  // namespace

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok: return "ok";
    case Outcome::failed: return "failed";
    case Outcome::missed: return "missed";
    case Outcome::invalid: return "invalid";
    case Outcome::interrupted: break;
  }
  return "interrupted";
}

std::vector<std::string> failures(const Results& results, std::span<const Verdict> verdicts) {
  std::vector<std::string> why;
  const Figures& total = results.total;
  const Plan& plan = results.plan;
  // Of a character generator's unknown text only the bytes are counted.
  const bool received = !plan.protocol->has_requests && total.bytes_received != 0;
  if (total.answered == 0 && !received) why.emplace_back("nothing was answered");
  if (total.errors[ErrorKind::mismatch] + results.other_errors[ErrorKind::mismatch] != 0) {
    why.emplace_back("replies are not as expected");
  }
  const auto judged = [verdicts](Subject subject) {
    return std::ranges::any_of(verdicts, [subject](const Verdict& verdict) {
      return verdict.expectation.subject == subject;
    });
  };
  // Of a machine without a free port nothing can be said of the service.
  if (!judged(Subject::availability) && results.health.out_of_ports == 0) {
    for (const Outage& outage : results.outages) {
      why.push_back("there was no service " + outage_text(outage) + why_gone(results));
    }
    for (std::size_t i = 0; i < results.targets.size(); ++i) {
      for (const Outage& outage : results.targets[i].outages) {
        why.push_back("there was no service at " + plan.targets[i].name + " " +
                      outage_text(outage));
      }
    }
  }
  const bool allowed = judged(Subject::errors) || judged(Subject::success) || plan.max_errors ||
                       plan.max_error_share;
  // What a generator that was too slow has not sent is its own fault.
  const std::uint64_t unsent = results.valid() ? total.unsent() : 0;
  const double errors = static_cast<double>(total.failed() + unsent) /
                        static_cast<double>(std::max<std::uint64_t>(total.offered, 1));
  if (!allowed && results.health.out_of_ports == 0 && errors > tolerable_errors) {
    why.push_back(readable_share(errors) + " of the requests were errors");
  }
  if (!results.ended_early.empty()) why.push_back("ended early: " + results.ended_early);
  return why;
}

Outcome outcome_of(const Results& results, std::span<const Verdict> verdicts) {
  if (results.interrupted) return Outcome::interrupted;
  if (!failures(results, verdicts).empty()) return Outcome::failed;
  if (!results.valid()) return Outcome::invalid;
  return std::ranges::all_of(verdicts, &Verdict::met) ? Outcome::ok : Outcome::missed;
}

}  // namespace client::load::report
