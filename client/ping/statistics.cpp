#include "client/ping/statistics.hpp"

#include <algorithm>
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

std::string in_percent(double value) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%g%%", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string in_milliseconds(Statistics::Duration time) {
  return in_thousandths(milliseconds(time));
}

void Statistics::answer(Duration time) noexcept {
  times_.record(time);
  // What the histogram has as max() bounds the mean, too.
  const double counted = milliseconds(std::min(time, measure::Histogram::highest));
  const double distance = counted - mean_;
  mean_ += distance / static_cast<double>(times_.count());
  squared_distance_ += distance * (counted - mean_);
}

double Statistics::loss_percent() const noexcept {
  if (sent() == 0) return 0;
  return 100 * static_cast<double>(lost_) / static_cast<double>(sent());
}

std::string Statistics::counts() const {
  std::string text = std::to_string(sent()) + " sent, " + std::to_string(answered()) +
                     " answered, " + std::to_string(lost_) + " lost";
  return sent() == 0 ? text : text + ", " + in_percent(loss_percent()) + " loss";
}

Statistics::Times Statistics::times() const noexcept {
  if (times_.empty()) return {};
  const double min = milliseconds(times_.min());
  const double max = milliseconds(times_.max());
  return {.min = min,
          .avg = std::clamp(mean_, min, max),  // a sum of fractions may be off by its last bit
          .p50 = milliseconds(times_.percentile(50)),
          .p99 = milliseconds(times_.percentile(99)),
          .max = max,
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
