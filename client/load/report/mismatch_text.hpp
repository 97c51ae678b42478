// The wrong replies of a run, for the summary. Pure functions, any thread. Text is UTF-8.
#pragma once

#include <string>

#include "client/load/report/style.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// Where each of the first is, what had to come and what came, under a title that says how many
/// there are; empty without any.
std::string mismatch_lines(const Results& results, const Style& style);

}  // namespace client::load::report
