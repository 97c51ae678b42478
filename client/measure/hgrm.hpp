// HdrHistogram's percentile distribution, the text that its plotters read. A pure function.
#pragma once

#include <string>
#include <string_view>

#include "client/measure/histogram.hpp"

namespace client::measure {

/// The distribution in milliseconds, with five lines for each halving of the distance to 100 %.
/// `heading` says what was measured, in a comment above it; control characters in it become spaces.
std::string hgrm(const Histogram& histogram, std::string_view heading);

}  // namespace client::measure
