#include "client/load/report/figures_json.hpp"

#include <array>
#include <chrono>

namespace client::load::report {
namespace {

using Layout = JsonWriter::Layout;
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
    json.key(name);
    if (histogram.has_percentile(percent)) {
      json.value(histogram.percentile(percent).count());
    } else {
      json.null();
    }
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

void write_part(JsonWriter& json, const Results& results, const Part& part) {
  json.member("offered", part.offered);
  json.member("sent", part.sent());
  json.member("requests", part.answered);
  json.member("failed", part.failed());
  json.member("unsent", part.unsent());
  write_errors(json, "errors", part.errors);
  const bool open_loop = results.plan.open_loop();
  write_histogram(json, open_loop ? "response_ns" : "service_ns", part.times, Buckets::omitted);
}

}  // namespace

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

void write_errors(JsonWriter& json, std::string_view name, const ErrorCounts& errors) {
  json.key(name);
  json.begin_object();
  json.member("total", errors.total());
  for (std::size_t kind = 0; kind < error_kinds.size(); ++kind) {
    json.member(error_kinds[kind].name, errors.of[kind]);
  }
  json.end_object();
}

void write_histogram(JsonWriter& json, std::string_view name, const Histogram& histogram,
                     Buckets buckets) {
  json.key(name);
  if (histogram.empty()) return json.null();
  json.begin_object();
  write_statistics(json, histogram);
  if (buckets == Buckets::included) write_buckets(json, histogram);
  json.end_object();
}

void write_figures(JsonWriter& json, const Figures& figures, double rate) {
  json.member("offered", figures.offered);
  json.member("sent", figures.sent());
  json.member("requests", figures.answered);
  json.member("failed", figures.failed());
  json.member("unsent", figures.unsent());
  json.member("rate", rate);
  json.member("bytes_sent", figures.bytes_sent);
  json.member("bytes_received", figures.bytes_received);
  json.member("connections_opened", figures.connections_opened);
  json.member("connections_active", figures.connections_active);
  json.member("connects_failed", figures.connects_failed);
  write_errors(json, "errors", figures.errors);
}

void write_outages(JsonWriter& json, std::span<const Outage> outages) {
  json.key("outages");
  json.begin_array();
  for (const Outage& outage : outages) {
    json.begin_object(Layout::line);
    json.member("start_s", seconds(outage.from));
    json.member("length_s", seconds(outage.length));
    json.end_object();
  }
  json.end_array();
}

void write_peak(JsonWriter& json, const std::optional<Peak>& peak) {
  json.key("peak");
  if (!peak) return json.null();
  json.begin_object(Layout::line);
  json.member("rate", peak->rate);
  json.member("start_s", seconds(peak->start));
  json.end_object();
}

void write_stages(JsonWriter& json, const Results& results) {
  json.key("stages");
  json.begin_array();
  for (std::size_t i = 0; i < results.stages.size(); ++i) {
    const StagePart& part = results.stages[i];
    json.begin_object();
    json.member("from", results.plan.stages[i].from);
    json.member("to", results.plan.stages[i].to);
    json.member("start_s", seconds(part.start));
    json.member("length_s", seconds(part.length));
    json.member("rate", per_second(static_cast<double>(part.answered), part.length));
    write_part(json, results, part);
    json.end_object();
  }
  json.end_array();
}

void write_targets(JsonWriter& json, const Results& results) {
  json.key("targets");
  json.begin_array();
  for (std::size_t i = 0; i < results.targets.size(); ++i) {
    const TargetPart& part = results.targets[i];
    json.begin_object();
    json.member("target", results.plan.targets[i].name);
    write_part(json, results, part);
    json.member("connects_failed", part.connects_failed);
    write_outages(json, part.outages);
    json.end_object();
  }
  json.end_array();
}

}  // namespace client::load::report
