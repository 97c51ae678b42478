#include "client/top/readings.hpp"

#include <cmath>

namespace client::top {
namespace {

constexpr std::size_t first_counter = std::size_t(Figure::accepted);

std::optional<double> rate(const Figures& before, const Figures& now, Figure figure,
                           double seconds) {
  const auto& from = before[figure];
  const auto& to = now[figure];
  if (!from || !to || !(*to >= *from) || !std::isfinite(*to)) return std::nullopt;
  return (*to - *from) / seconds;
}

/// Of what was added up between the two.
std::optional<double> mean(const Figures& before, const Figures& now, Figure sum, Figure count) {
  const auto more = rate(before, now, sum, 1);
  const auto times = rate(before, now, count, 1);
  if (!more || !times || *times <= 0) return std::nullopt;
  return *more / *times;
}

double count_at(const Buckets& buckets, double bound) {
  const auto found = buckets.at_most.find(bound);
  return found == buckets.at_most.end() ? 0 : found->second;
}

}  // namespace

std::optional<double> percentile(const Buckets& before, const Buckets& after, double share) {
  std::map<double, double> increase;
  double last = 0;
  for (const auto& [bound, count] : after.at_most) {
    const double more = count - count_at(before, bound);
    if (!(more >= last)) return std::nullopt;
    increase[bound] = last = more;
  }
  if (!(last > 0) || !std::isfinite(last)) return std::nullopt;
  const double wanted = share * last;
  double low = 0;
  double below = 0;
  for (const auto& [bound, count] : increase) {
    if (count >= wanted && count > below) {
      if (std::isinf(bound)) return low;
      return low + (bound - low) * (wanted - below) / (count - below);
    }
    low = bound;
    below = count;
  }
  return std::nullopt;
}

bool has_restarted(const Snapshot& before, const Snapshot& after) {
  if (before.started && after.started) return *before.started != *after.started;
  if (before.uptime && after.uptime && *after.uptime != *before.uptime) {
    return *after.uptime < *before.uptime;
  }
  for (std::size_t i = first_counter; i < figure_count; ++i) {
    const auto& from = before.total.values[i];
    const auto& to = after.total.values[i];
    if (from && to && *to < *from) return true;
  }
  return false;
}

Readings readings_of(const Figures& now) {
  Readings readings;
  readings[Reading::active] = now[Figure::active];
  readings[Reading::max] = now[Figure::max];
  readings[Reading::waiting] = now[Figure::waiting];
  readings[Reading::stalled] = now[Figure::stalled];
  return readings;
}

Readings readings_of(const Figures& before, const Figures& now, double seconds) {
  Readings readings = readings_of(now);
  const auto set = [&](Reading reading, Figure figure) {
    readings[reading] = rate(before, now, figure, seconds);
  };
  set(Reading::accepted, Figure::accepted);
  set(Reading::refused, Figure::refused);
  set(Reading::received, Figure::received);
  set(Reading::sent, Figure::sent);
  set(Reading::slow, Figure::slow_callbacks);
  set(Reading::retransmits, Figure::retransmits);
  readings[Reading::lag] = mean(before, now, Figure::lag_sum, Figure::lag_count);
  readings[Reading::lag_p50] = percentile(before.loop_lag, now.loop_lag, 0.5);
  readings[Reading::lag_p99] = percentile(before.loop_lag, now.loop_lag, 0.99);
  readings[Reading::rtt] = mean(before, now, Figure::rtt_sum, Figure::rtt_count);
  return readings;
}

}  // namespace client::top
