// The percentiles of a run beside the shape of their histogram. A pure function, any thread.
#pragma once

#include <string>

#include "client/load/report/style.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// Lines of at most 80 columns, each with its line feed. The open loop's response time comes first
/// and gives the spectrum; the closed loop knows only service time, and a line says what that
/// hides.
std::string latency_table(const Results& results, const Style& style);

}  // namespace client::load::report
