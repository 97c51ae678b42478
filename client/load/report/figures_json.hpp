// The members that a run's JSON and an interval's share. Any thread.
#pragma once

#include <string_view>

#include "client/load/report/json_writer.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

enum class Buckets : std::uint8_t { omitted, included };

/// A member `name`: the statistics of a histogram in nanoseconds and, if included, its buckets;
/// null of an empty one.
void write_histogram(JsonWriter& json, std::string_view name, const measure::Histogram& histogram,
                     Buckets buckets);

/// Members of the object begun: counts, rate and errors.
void write_figures(JsonWriter& json, const Figures& figures);

}  // namespace client::load::report
