// What went wrong in a run, in the words of its summary. Pure functions, any thread; each line ends
// with a line feed, and no line means no complaint.
#pragma once

#include <string>

#include "client/load/report/style.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// The first replies that differ: where, what was expected, what came.
std::string mismatch_lines(const Results& results, const Style& style);

/// That the figures are not the service's, why, and what to change.
std::string invalid_lines(const Results& results, const Style& style);

}  // namespace client::load::report
