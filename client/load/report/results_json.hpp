// A run's results as a JSON document; SCHEMA.md says what each member is. A pure function, any
// thread.
#pragma once

#include <span>
#include <string>

#include "client/load/report/expectation.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// Schema echoline.load/1, with a line feed at the end.
std::string results_json(const Results& results, std::span<const Verdict> verdicts);

}  // namespace client::load::report
