// Readings: what two snapshots of a daemon say together: what there is now, and what came to pass
// each second between them. Pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "client/top/snapshot.hpp"

namespace client::top {

/// How a reading is written.
enum class Unit : std::uint8_t { count, bytes, seconds };

/// A reading's row; the order is that of the screen.
struct Column {
  std::string_view key;   ///< for --sort
  std::string_view head;  ///< above it
  std::string_view json;  ///< its member
  Unit unit;
};

enum class Reading : std::uint8_t {
  active,
  max,
  accepted,
  refused,
  waiting,
  received,
  sent,
  lag,
  lag_p50,
  lag_p99,
  slow,
  stalled,
  retransmits,
  rtt
};

inline constexpr std::array<Column, 14> columns{
    {{"connections", "conns", "connections_active", Unit::count},
     {"max", "max", "connections_max", Unit::count},
     {"accepted", "new/s", "accepted_per_s", Unit::count},
     {"refused", "refused/s", "refused_per_s", Unit::count},
     {"waiting", "waiting", "waiting", Unit::count},
     {"in", "in/s", "received_bytes_per_s", Unit::bytes},
     {"out", "out/s", "sent_bytes_per_s", Unit::bytes},
     {"lag", "lag", "loop_lag_mean_s", Unit::seconds},
     {"lag50", "lag p50", "loop_lag_p50_s", Unit::seconds},
     {"lag99", "lag p99", "loop_lag_p99_s", Unit::seconds},
     {"slow", "slow/s", "slow_callbacks_per_s", Unit::count},
     {"stalled", "stalled", "sessions_stalled", Unit::count},
     {"retransmits", "retr/s", "retransmits_per_s", Unit::count},
     {"rtt", "rtt", "rtt_mean_s", Unit::seconds}}};

/// None where it is not told, or there was nothing to tell it from.
struct Readings {
  std::array<std::optional<double>, columns.size()> values;

  const std::optional<double>& operator[](Reading reading) const noexcept {
    return values[static_cast<std::size_t>(reading)];
  }
  std::optional<double>& operator[](Reading reading) noexcept {
    return values[static_cast<std::size_t>(reading)];
  }
};

/// The value that a share of those counted between two moments were at most, between two bounds in
/// proportion; the largest bound for what is beyond. None where none was counted, or the counts
/// went back.
std::optional<double> percentile(const Buckets& before, const Buckets& after, double share);

/// Whether the daemon has been started between two snapshots: it says so, its uptime went back, or
/// a counter where it has no uptime that moved.
bool has_restarted(const Snapshot& before, const Snapshot& after);

/// Of one snapshot: no rates.
Readings readings_of(const Figures& now);
/// Of two, `seconds` apart, more than 0. A counter that went back makes no rate.
Readings readings_of(const Figures& before, const Figures& now, double seconds);

}  // namespace client::top
