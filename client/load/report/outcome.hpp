// What a run comes to, as the client's exit code. A pure function, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "client/load/report/expectation.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

enum class Outcome : std::uint8_t {
  ok = 0,
  failed = 1,   ///< a reply differed from what was sent, or nothing was answered at all
  missed = 3,   ///< an expectation was not met
  invalid = 4,  ///< the figures are the generator's
  interrupted = 130
};

/// `ok`, `failed`, `missed`, `invalid`, `interrupted`.
std::string_view name_of(Outcome outcome);

/// The first that applies of interrupted, failed, invalid, missed, ok. Other errors than wrong
/// replies are counted, and fail a run that expects none (`errors=0`).
Outcome outcome_of(const Results& results, std::span<const Verdict> verdicts);

}  // namespace client::load::report
