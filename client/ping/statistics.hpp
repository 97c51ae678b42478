// Statistics: what became of the pings to one target. A value of fixed size, however many there
// are.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "client/measure/histogram.hpp"

namespace client::ping {

class Statistics {
 public:
  using Duration = std::chrono::nanoseconds;

  /// A time above the histogram's longest, a day, counts as that.
  void answer(Duration time) noexcept;
  void lose() noexcept { ++lost_; }

  std::uint64_t sent() const noexcept { return times_.count() + lost_; }
  std::uint64_t answered() const noexcept { return times_.count(); }
  std::uint64_t lost() const noexcept { return lost_; }
  /// 0 to 100; 0 when nothing was sent.
  double loss_percent() const noexcept;
  /// `3 sent, 2 answered, 1 lost, 33.3333% loss`, the last as ping(8) has it.
  std::string counts() const;

  /// Of the replies, in milliseconds; all 0 without any. The percentiles are the histogram's, to
  /// three digits, the others exact; mdev is the population's standard deviation. None is below min
  /// or above max, but mdev.
  struct Times {
    double min = 0;
    double avg = 0;
    double p50 = 0;
    double p99 = 0;
    double max = 0;
    double mdev = 0;
  };
  Times times() const noexcept;

  /// `min/avg/p50/p99/max/mdev = 0.040/0.052/0.051/0.080/0.083/0.009 ms`; empty without any reply.
  std::string summary() const;

 private:
  measure::Histogram times_;
  std::uint64_t lost_ = 0;
  double mean_ = 0;              // milliseconds
  double squared_distance_ = 0;  // the sum of squared distances from the mean, by Welford
};

/// A number with three decimals.
std::string in_thousandths(double value);
/// As ping(8) has it: `0%`, `33.3333%`.
std::string in_percent(double value);
/// Milliseconds with three decimals, without the unit.
std::string in_milliseconds(Statistics::Duration time);

}  // namespace client::ping
