#include "client/ping/statistics.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace client::ping {
namespace {

double milliseconds(Statistics::Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

std::string in_thousandths(double value) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.3f", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string in_milliseconds(Statistics::Duration time) {
  return in_thousandths(milliseconds(time));
}

void Statistics::answer(Duration time) noexcept {
  times_.record(time);
  const double distance = milliseconds(time) - mean_;
  mean_ += distance / static_cast<double>(times_.count());
  squared_distance_ += distance * (milliseconds(time) - mean_);
}

Statistics::Times Statistics::times() const noexcept {
  if (times_.empty()) return {};
  return {.min = milliseconds(times_.min()),
          .avg = mean_,
          .p50 = milliseconds(times_.percentile(50)),
          .p99 = milliseconds(times_.percentile(99)),
          .max = milliseconds(times_.max()),
          .mdev = std::sqrt(squared_distance_ / static_cast<double>(times_.count()))};
}

std::string Statistics::summary() const {
  if (times_.empty()) return {};
  const auto [min, avg, p50, p99, max, mdev] = times();
  return "min/avg/p50/p99/max/mdev = " + in_thousandths(min) + '/' + in_thousandths(avg) + '/' +
         in_thousandths(p50) + '/' + in_thousandths(p99) + '/' + in_thousandths(max) + '/' +
         in_thousandths(mdev) + " ms";
}

}  // namespace client::ping
