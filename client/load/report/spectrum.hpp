// How often which times occurred, in a few ranges with bars: the shape of a histogram, and beside
// it its percentiles. Pure functions, any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "client/load/report/style.hpp"
#include "client/load/results.hpp"
#include "client/measure/histogram.hpp"

namespace client::load::report {

struct Range {
  std::chrono::nanoseconds limit;  ///< all below it and not in the range before
  bool open = false;               ///< the last one, of all that is not below `limit`
  std::uint64_t count = 0;
};

/// `p50 38.0 µs, p99 120 µs, max 1.20 ms`, of those percentiles that mean something.
std::string times_text(const measure::Histogram& times);

/// That percentile to be read, or `-` where there are too few times for it.
std::string percentile_text(const measure::Histogram& times, double percent);

/// At most `most` ranges, 2 or more, with round limits, laid so that nearly all times fall
/// between the first and the last; none of an empty histogram.
std::vector<Range> spectrum(const measure::Histogram& histogram, std::size_t most);

/// A bar of `share`, 0 to 1, of `width` columns, in eighths; what is more than 0 shows.
std::string bar(double share, std::size_t width);

/// The spectrum in lines of 39 columns, or `width` if that is less: the range, its bar, its share
/// of all. None where there is no room for a bar.
std::vector<std::string> spectrum_lines(const measure::Histogram& histogram, std::size_t most,
                                        std::size_t width, const Style& style);

/// Lines of at most `style.width` columns, each with its line feed. The open loop's response time
/// comes first and gives the spectrum; the closed loop knows only service time, and a line says
/// what that hides. Percentiles are shown where there are times enough for them.
std::string latency_table(const Results& results, const Style& style);

}  // namespace client::load::report
