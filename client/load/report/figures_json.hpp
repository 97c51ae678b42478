// The members that a run, an interval and the parts of a run have in common in JSON. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "client/load/report/json_writer.hpp"
#include "client/load/results.hpp"

namespace client::load::report {

enum class Buckets : std::uint8_t { omitted, included };

double seconds(Duration time);

/// The statistics in nanoseconds and, if included, the buckets; null of an empty histogram.
void write_histogram(JsonWriter& json, std::string_view name, const measure::Histogram& histogram,
                     Buckets buckets);
void write_errors(JsonWriter& json, std::string_view name, const ErrorCounts& errors);
/// The counts of a run or an interval.
void write_figures(JsonWriter& json, const Figures& figures, double rate);
void write_outages(JsonWriter& json, std::span<const Outage> outages);
void write_peak(JsonWriter& json, const std::optional<Peak>& peak);
/// The rows of a profile's stages.
void write_stages(JsonWriter& json, const Results& results);
/// Those of several targets.
void write_targets(JsonWriter& json, const Results& results);

}  // namespace client::load::report
