#include "client/measure/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>

namespace client::measure {
namespace {

int bucket_of(std::size_t slot) {
  constexpr std::size_t half = Histogram::sub_buckets / 2;
  return slot < half ? 0 : static_cast<int>(slot / half) - 1;
}

// What a slot's times are taken for in sums.
double middle_of(std::size_t slot) {
  const auto half = (std::int64_t{1} << bucket_of(slot)) / 2;
  return static_cast<double>(Histogram::lowest_in(slot).count() + half);
}

}  // namespace

// By calloc(3), which leaves what is not counted in to the kernel's page of zeros: most histograms
// use a few of their pages.
Histogram::Histogram()
    : counts_(static_cast<std::uint64_t*>(std::calloc(slots, sizeof(std::uint64_t)))) {
  if (counts_ == nullptr) throw std::bad_alloc();
}

void Histogram::add(const Histogram& other) noexcept {
  if (other.empty()) return;
  const std::size_t last = slot_of(other.max_);
  for (std::size_t slot = slot_of(other.min_); slot <= last; ++slot) {
    counts_[slot] += other.counts_[slot];
  }
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::exchange(const Histogram& part, const Histogram& other) noexcept {
  if (part.empty()) return;
  std::size_t first = slots;
  std::size_t last = 0;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    counts_[slot] += other.counts_[slot] - part.counts_[slot];
    if (counts_[slot] == 0) continue;
    first = std::min(first, slot);
    last = slot;
  }
  min_ = std::max(std::min(min_, other.min_), lowest_in(first));
  max_ = std::min(std::max(max_, other.max_), highest_in(last));
}

void Histogram::reset() noexcept {
  if (empty()) return;
  std::fill(counts_.get() + slot_of(min_), counts_.get() + slot_of(max_) + 1, 0);
  count_ = 0;
  min_ = highest;
  max_ = Duration::zero();
}

Histogram::Duration Histogram::min() const noexcept { return empty() ? Duration::zero() : min_; }

Histogram::Duration Histogram::mean() const noexcept {
  if (empty()) return Duration::zero();
  double sum = 0;
  const std::size_t last = slot_of(max_);
  for (std::size_t slot = slot_of(min_); slot <= last; ++slot) {
    sum += middle_of(slot) * static_cast<double>(counts_[slot]);
  }
  return Duration{std::llround(sum / static_cast<double>(count_))};
}

Histogram::Duration Histogram::standard_deviation() const noexcept {
  if (empty()) return Duration::zero();
  const auto average = static_cast<double>(mean().count());
  double squares = 0;
  const std::size_t last = slot_of(max_);
  for (std::size_t slot = slot_of(min_); slot <= last; ++slot) {
    const double difference = middle_of(slot) - average;
    squares += difference * difference * static_cast<double>(counts_[slot]);
  }
  return Duration{std::llround(std::sqrt(squares / static_cast<double>(count_)))};
}

Histogram::Duration Histogram::percentile(double percent) const noexcept {
  if (percent <= 0) return min();
  if (percent >= 100) return max();
  // 99.9 % of 1000 is the 999th, not the 1000th that a rounding error would make of it.
  const double below = std::nextafter(percent, -std::numeric_limits<double>::infinity());
  const double rank = std::ceil(below / 100 * static_cast<double>(count_));
  const auto wanted = std::max(static_cast<std::uint64_t>(rank), std::uint64_t{1});
  std::uint64_t seen = 0;
  const std::size_t last = slot_of(max_);
  for (std::size_t slot = slot_of(min_); slot <= last; ++slot) {
    seen += counts_[slot];
    if (seen >= wanted) return std::min(highest_in(slot), max_);
  }
  return max_;
}

bool Histogram::has_percentile(double percent) const noexcept {
  if (percent <= 0 || percent >= 100) return !empty();
  // Rounded, because 100 - 99.9 is a little less than 0.1.
  const double needed = std::round(100 / std::min(percent, 100 - percent));
  return static_cast<double>(count_) >= needed;
}

Histogram::Duration Histogram::lowest_in(std::size_t slot) noexcept {
  const int bucket = bucket_of(slot);
  const auto sub_bucket = static_cast<std::int64_t>(slot) - bucket * (sub_buckets / 2);
  return Duration{sub_bucket << bucket};
}

Histogram::Duration Histogram::highest_in(std::size_t slot) noexcept {
  return lowest_in(slot) + Duration{(std::int64_t{1} << bucket_of(slot)) - 1};
}

}  // namespace client::measure
