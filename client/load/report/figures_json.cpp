#include "client/load/report/figures_json.hpp"

#include <array>

namespace client::load::report {
namespace {

using measure::Histogram;

struct Percentile {
  std::string_view name;
  double percent;
};
constexpr std::array<Percentile, 9> percentiles{{{"p1", 1},
                                                 {"p10", 10},
                                                 {"p25", 25},
                                                 {"p50", 50},
                                                 {"p75", 75},
                                                 {"p90", 90},
                                                 {"p99", 99},
                                                 {"p99.9", 99.9},
                                                 {"p99.99", 99.99}}};

void write_statistics(JsonWriter& json, const Histogram& histogram) {
  json.member("count", histogram.count());
  json.member("min", histogram.min().count());
  json.member("mean", histogram.mean().count());
  json.member("standard_deviation", histogram.standard_deviation().count());
  json.member("max", histogram.max().count());
  for (const auto& [name, percent] : percentiles) {
    json.member(name, histogram.percentile(percent).count());
  }
}

// [lowest, highest, count] of each that is not empty.
void write_buckets(JsonWriter& json, const Histogram& histogram) {
  json.key("buckets");
  json.begin_array(JsonWriter::Layout::line);
  for (std::size_t slot = 0; slot < Histogram::slots; ++slot) {
    const std::uint64_t count = histogram.counts()[slot];
    if (count == 0) continue;
    json.begin_array();
    json.value(Histogram::lowest_in(slot).count());
    json.value(Histogram::highest_in(slot).count());
    json.value(count);
    json.end_array();
  }
  json.end_array();
}

void write_errors(JsonWriter& json, const ErrorCounts& errors) {
  json.key("errors");
  json.begin_object();
  json.member("total", errors.total());
  for (std::size_t kind = 0; kind < error_kind_names.size(); ++kind) {
    json.member(error_kind_names[kind], errors.of[kind]);
  }
  json.end_object();
}

}  // namespace

void write_histogram(JsonWriter& json, std::string_view name, const Histogram& histogram,
                     Buckets buckets) {
  json.key(name);
  if (histogram.empty()) return json.null();
  json.begin_object();
  write_statistics(json, histogram);
  if (buckets == Buckets::included) write_buckets(json, histogram);
  json.end_object();
}

void write_figures(JsonWriter& json, const Figures& figures) {
  json.member("requests", figures.requests);
  json.member("rate", figures.rate());
  json.member("bytes_sent", figures.bytes_sent);
  json.member("bytes_received", figures.bytes_received);
  json.member("connections_opened", figures.connections_opened);
  json.member("connections_active", figures.connections_active);
  write_errors(json, figures.errors);
}

}  // namespace client::load::report
