#include "client/round_trips.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace client {
namespace {

std::string with_three_decimals(double milliseconds) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.3f", milliseconds);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string in_milliseconds(RoundTrips::Duration time) {
  return with_three_decimals(std::chrono::duration<double, std::milli>(time).count());
}

std::string RoundTrips::summary() const {
  if (times_.empty()) return {};
  std::vector<Duration> sorted = times_;
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&sorted](double percent) {
    const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
  };
  double sum = 0;
  double squares = 0;
  for (const Duration time : sorted) {
    const double milliseconds = std::chrono::duration<double, std::milli>(time).count();
    sum += milliseconds;
    squares += milliseconds * milliseconds;
  }
  const double count = static_cast<double>(sorted.size());
  const double mean = sum / count;
  const double deviation = std::sqrt(std::max(0.0, squares / count - mean * mean));
  std::string text = "min/avg/p50/p99/max/mdev = ";
  text += in_milliseconds(sorted.front()) + '/' + with_three_decimals(mean) + '/';
  text += in_milliseconds(percentile(50)) + '/' + in_milliseconds(percentile(99)) + '/';
  text += in_milliseconds(sorted.back()) + '/' + with_three_decimals(deviation) + " ms";
  return text;
}

}  // namespace client
