// What is shown of a run while it goes on: a progress bar and the figures of the last second. Pure
// functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "client/load/report/style.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

/// What was seen since the start, for the parts of a display that sum up.
struct SoFar {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
};

/// Two lines without a line feed at the end, each cut to `width` columns: a bar between elapsed and
/// remaining time, or what is waited for once nothing more is sent, and the figures, the more
/// important ones first. `figures` is the last interval; `so_far` includes it.
std::string display(const Plan& plan, const Figures& figures, const SoFar& so_far,
                    std::size_t width, const Style& style);

/// The same in a line of a log, with its line feed and without a bar.
std::string progress_line(const Plan& plan, const Figures& figures, const SoFar& so_far,
                          const Style& style);

}  // namespace client::load::report
