// What is said of a run's parts: a table with a row for each stage of its profile, or for each of
// its targets, and outages. Pure, any thread.
#pragma once

#include <string>

#include "client/load/report/style.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// `for 2.00 s, from 3.00 s on`
std::string outage_text(const Outage& outage);

/// Empty where there is one stage or none.
std::string stage_table(const Results& results, const Style& style);

/// Empty where there is one target. Requests that were sent to none have a row of their own.
std::string target_table(const Results& results, const Style& style);

}  // namespace client::load::report
