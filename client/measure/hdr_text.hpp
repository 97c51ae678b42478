// HdrHistogram's two text formats. The percentile distribution (.hgrm) is what its plotters read.
// The log, version 1.2 (.hlog), is a header, then a line for each interval with its whole
// histogram; logs of several machines merge line by line. Pure functions, any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "client/measure/histogram.hpp"

namespace client::measure {

/// The distribution in milliseconds, with five lines for each halving of the distance to 100 %.
/// `heading` says what was measured, in a comment above it; control characters in it become spaces.
std::string hgrm(const Histogram& histogram, std::string_view heading);

/// A log's lines before its first interval. `what` says what was measured; control characters in it
/// become spaces. The times of the intervals count from `start`.
std::string hlog_header(std::chrono::system_clock::time_point start, std::string_view what);

/// An interval's line. `start` counts from the header's. Readers keep lines of different tags
/// apart; a `tag` has no spaces and commas, and an empty one is none. Interval_Max is in
/// milliseconds, as HdrHistogram's tools have it; the histogram is in nanoseconds.
std::string hlog_line(Histogram::Duration start, Histogram::Duration length,
                      const Histogram& histogram, std::string_view tag = {});

}  // namespace client::measure
