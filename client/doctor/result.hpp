// What has come of a case, and of all of them. Values.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "client/doctor/account.hpp"
#include "client/doctor/case.hpp"
#include "client/doctor/verdict.hpp"

namespace client::doctor {

struct CaseResult {
  const Case* what = nullptr;
  Verdict verdict = Verdict::skipped;
  unsigned tries = 0;    ///< of what was examined, not of what came before it
  unsigned broken = 0;   ///< of them
  bool is_asked = true;  ///< false where an option that it is for was not given
  std::string finding;   ///< how it was broken, what was found, or why it was skipped
  Account account;       ///< of the first try that was broken, else of the last one
  std::chrono::nanoseconds time{0};
};

/// So many of each verdict.
using Counts = std::array<std::size_t, 5>;
Counts count(const std::vector<CaseResult>& results);
inline std::size_t of(const Counts& counts, Verdict verdict) {
  return counts.at(static_cast<std::size_t>(verdict));
}

/// The exit code: a failure, an interrupt, or nothing that could be judged; with `strict` no MUST
/// may be without a judgement.
int exit_code_of(const std::vector<CaseResult>& results, bool strict, bool interrupted);

}  // namespace client::doctor
