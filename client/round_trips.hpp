// Round-trip times and what is said of them at the end, like ping(8). A value.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace client {

class RoundTrips {
 public:
  using Duration = std::chrono::nanoseconds;

  void add(Duration time) { times_.push_back(time); }
  std::size_t count() const noexcept { return times_.size(); }

  /// `min/avg/p50/p99/max/mdev = 0.040/0.052/0.051/0.080/0.083/0.009 ms`; empty without any. The
  /// percentiles are the nearest rank's, mdev is the population's standard deviation.
  std::string summary() const;

 private:
  std::vector<Duration> times_;
};

/// Milliseconds with three decimals, without the unit.
std::string in_milliseconds(RoundTrips::Duration time);

}  // namespace client
