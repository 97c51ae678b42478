// What a run comes to, as the client's exit code. A pure function, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/load/report/expectation.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

enum class Outcome : std::uint8_t {
  ok = 0,
  failed = 1,   ///< the service failed, see failures()
  missed = 3,   ///< an expectation was not met
  invalid = 4,  ///< the figures are the generator's
  interrupted = 130
};

/// `ok`, `failed`, `missed`, `invalid`, `interrupted`.
std::string_view name_of(Outcome outcome);

/// Why the service failed in sentences: nothing was answered, or a reply was wrong; the service was
/// gone, or one of its targets, for a second or more, which an objective for `availability` judges
/// instead if there is one; more than a tenth of the requests were errors, which one for `errors`,
/// a kind of them or `success` judges instead, or `--max-errors`; the run ended early.
std::vector<std::string> failures(const Results& results, std::span<const Verdict> verdicts);

/// The first that applies of interrupted, failed, invalid, missed, ok.
Outcome outcome_of(const Results& results, std::span<const Verdict> verdicts);

}  // namespace client::load::report
