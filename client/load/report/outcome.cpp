#include "client/load/report/outcome.hpp"

#include <algorithm>

namespace client::load::report {

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

Outcome outcome_of(const Results& results, std::span<const Verdict> verdicts) {
  if (results.interrupted) return Outcome::interrupted;
  // Of a character generator's unknown text only the bytes are counted.
  const bool answered = results.total.requests != 0 ||
                        (!results.plan.protocol->has_requests && results.total.bytes_received != 0);
  if (!answered || results.total.errors[ErrorKind::mismatch] > 0) {
    return Outcome::failed;
  }
  if (!results.valid()) return Outcome::invalid;
  return std::ranges::all_of(verdicts, &Verdict::met) ? Outcome::ok : Outcome::missed;
}

}  // namespace client::load::report
