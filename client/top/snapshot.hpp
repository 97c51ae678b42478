// Snapshot: what a daemon's figures stood at when it was asked: of the samples in its answer, those
// that `echoline top` shows. Pure, any thread.
//
// A figure's total is the sample without labels where there is one, else the sum over all labels: a
// scrape has a sample for each listener, worker or reason, STATS has sums as well.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/top/exposition.hpp"

namespace client::top {

enum class Figure : std::uint8_t {
  active,
  max,
  waiting,
  stalled,
  // Counters from here on.
  accepted,
  refused,
  received,
  sent,
  slow_callbacks,
  retransmits,
  lag_sum,
  lag_count,
  rtt_sum,
  rtt_count
};
inline constexpr std::size_t figure_count = std::size_t(Figure::rtt_count) + 1;

/// A histogram as it is told: how many values were at most each bound, in all that time.
struct Buckets {
  std::map<double, double> at_most;  ///< seconds to a count; the last bound is infinite
};

/// Of the whole daemon, or of a listener.
struct Figures {
  std::array<std::optional<double>, figure_count> values;
  Buckets loop_lag;  ///< of the whole daemon only: no listener has a loop of its own

  const std::optional<double>& operator[](Figure figure) const noexcept {
    return values[static_cast<std::size_t>(figure)];
  }
};

struct Snapshot {
  std::string version;            ///< empty where it is not told
  std::optional<double> uptime;   ///< seconds
  std::optional<double> started;  ///< seconds since 1970
  Figures total;
  std::map<std::string, Figures> listeners;  ///< by name
  /// Whether there was a figure of echolined's at all.
  bool is_known = false;
};

Snapshot snapshot_of(std::span<const Sample> samples);

}  // namespace client::top
