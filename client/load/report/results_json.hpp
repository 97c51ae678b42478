// A run's results as a JSON document, and each of its intervals as an object in one line; SCHEMA.md
// says what each member is. Pure functions, any thread.
#pragma once

#include <span>
#include <string>

#include "client/load/report/expectation.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// Schema echoline.load/2, with a line feed at the end.
std::string results_json(const Results& results, std::span<const Verdict> verdicts);

/// Schema echoline.load.interval/2, in one line with its line feed.
std::string interval_json(const Figures& figures, bool open_loop);

}  // namespace client::load::report
