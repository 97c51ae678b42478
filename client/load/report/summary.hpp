// What is said of a run at its end: its plan, its figures and what to think of them, on one screen
// unless something went wrong. A pure function, any thread.
#pragma once

#include <span>
#include <string>

#include "client/load/report/expectation.hpp"
#include "client/load/report/style.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// Lines of at most 80 columns, if the names in the plan are not too long; at most 23 of them when
/// there is nothing to complain of. What matters most comes last, next to the prompt.
std::string summary(const Results& results, std::span<const Verdict> verdicts, const Style& style);

}  // namespace client::load::report
