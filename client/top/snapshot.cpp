#include "client/top/snapshot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

namespace client::top {
namespace {

struct Meaning {
  std::string_view name;  // as STATS has it; a scrape has it behind echoline_
  Figure figure;
};

constexpr std::array<Meaning, 14> meanings{{{"connections_active", Figure::active},
                                            {"connections_max", Figure::max},
                                            {"connections_waiting", Figure::waiting},
                                            {"connections_total", Figure::accepted},
                                            {"connections_refused_total", Figure::refused},
                                            {"bytes_received_total", Figure::received},
                                            {"bytes_sent_total", Figure::sent},
                                            {"slow_callbacks_total", Figure::slow_callbacks},
                                            {"sessions_stalled", Figure::stalled},
                                            {"tcp_retransmitted_segments_sum", Figure::retransmits},
                                            {"loop_lag_seconds_sum", Figure::lag_sum},
                                            {"loop_lag_seconds_count", Figure::lag_count},
                                            {"tcp_rtt_seconds_sum", Figure::rtt_sum},
                                            {"tcp_rtt_seconds_count", Figure::rtt_count}}};

constexpr std::string_view lag_buckets = "loop_lag_seconds_bucket";

std::string_view name_of(const Sample& sample) noexcept {
  constexpr std::string_view prefix = "echoline_";
  std::string_view name = sample.name;
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return name;
}

void add(std::optional<double>& sum, double value) { sum = sum.value_or(0) + value; }

/// A bound as a number; nothing where it is none.
std::optional<double> bound_of(const Sample& sample) {
  const std::string* const text = sample.label("le");
  if (text == nullptr) return std::nullopt;
  // As a sample's value is written.
  const auto read = parse_sample("le " + *text);
  if (!read || std::isnan(read->value)) return std::nullopt;
  return read->value;
}

/// Puts a snapshot together from one sample after the other.
class SnapshotBuilder {
 public:
  void take(const Sample& sample) {
    if (std::isnan(sample.value)) return;
    const std::string_view name = name_of(sample);
    if (name == "uptime_seconds") snapshot_.uptime = sample.value;
    if (name == "process_start_time_seconds") snapshot_.started = sample.value;
    if (name == "build_info") take_version(sample);
    const auto meaning = std::ranges::find(meanings, name, &Meaning::name);
    if (meaning != meanings.end()) take(sample, static_cast<std::size_t>(meaning->figure));
    if (name == lag_buckets) take_bucket(sample);
  }

  Snapshot finish() {
    for (std::size_t i = 0; i < figure_count; ++i) {
      if (without_labels_[i]) snapshot_.total.values[i] = without_labels_[i];
      if (snapshot_.total.values[i]) snapshot_.is_known = true;
    }
    return std::move(snapshot_);
  }

 private:
  void take_version(const Sample& sample) {
    const std::string* const version = sample.label("version");
    if (version != nullptr) snapshot_.version = *version;
  }

  void take(const Sample& sample, std::size_t figure) {
    if (sample.labels.empty()) return add(without_labels_[figure], sample.value);
    add(snapshot_.total.values[figure], sample.value);
    if (Figures* const listener = listener_of(sample)) add(listener->values[figure], sample.value);
  }

  void take_bucket(const Sample& sample) {
    const auto bound = bound_of(sample);
    if (bound) snapshot_.total.loop_lag.at_most[*bound] += sample.value;
  }

  Figures* listener_of(const Sample& sample) {
    const std::string* const name = sample.label("listener");
    return name == nullptr ? nullptr : &snapshot_.listeners[*name];
  }

  Snapshot snapshot_;
  std::array<std::optional<double>, figure_count> without_labels_;
};

}  // namespace

Snapshot snapshot_of(std::span<const Sample> samples) {
  SnapshotBuilder builder;
  for (const Sample& sample : samples) builder.take(sample);
  return builder.finish();
}

}  // namespace client::top
