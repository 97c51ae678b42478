// Histogram: latencies counted with a high dynamic range in fixed memory, the bucket layout of
// HdrHistogram (1 ns to 24 h at three significant digits), so that its own tools read what we
// write. A value without I/O; one thread.
#pragma once

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

namespace client::measure {

class Histogram {
 public:
  using Duration = std::chrono::nanoseconds;

  static constexpr Duration highest = std::chrono::hours{24};
  static constexpr int significant_digits = 3;
  static constexpr std::int64_t sub_buckets = 2048;  ///< of the lowest bucket, one for each ns
  static constexpr std::size_t slots = 38 * (sub_buckets / 2);

  Histogram();

  /// Counts `time`, taken as 0 below that and as `highest` above it. No allocation.
  void record(Duration time) noexcept { record(time, 1); }
  /// As if `time` had been recorded so many times.
  void record(Duration time, std::uint64_t times) noexcept;
  /// Counts all that `other` holds as well: histograms of threads, intervals and machines add up.
  void add(const Histogram& other) noexcept;
  /// The times of `part`, all of which it holds, become those of `other`, as many. The extremes are
  /// exact to their slot afterwards.
  void exchange(const Histogram& part, const Histogram& other) noexcept;
  void reset() noexcept;

  std::uint64_t count() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  /// Exact, unlike the percentiles; 0 of an empty one, as all that follow.
  Duration min() const noexcept;
  Duration max() const noexcept { return max_; }
  Duration mean() const noexcept;
  Duration standard_deviation() const noexcept;
  /// The highest time that is equivalent to the one at `percent`, never above max(). From 100 on
  /// it is max(), down from 0 min().
  Duration percentile(double percent) const noexcept;
  /// Whether that means something: one time at least of those that there are lies beyond it, as of
  /// a thousand for 99.9.
  bool has_percentile(double percent) const noexcept;

  /// The counts slot by slot, as HdrHistogram's V2 encoding takes them.
  std::span<const std::uint64_t> counts() const noexcept { return {counts_.get(), slots}; }
  static std::size_t slot_of(Duration time) noexcept;
  /// The lowest and the highest time that are counted in `slot`.
  static Duration lowest_in(std::size_t slot) noexcept;
  static Duration highest_in(std::size_t slot) noexcept;

 private:
  static Duration clamped(Duration time) noexcept;
  static std::size_t slot_within(Duration time) noexcept;

  struct Free {
    void operator()(std::uint64_t* counts) const noexcept { std::free(counts); }
  };

  std::unique_ptr<std::uint64_t[], Free> counts_;
  std::uint64_t count_ = 0;
  Duration min_ = highest;
  Duration max_{0};
};

// What a reply costs here is inline, and on plain integers: through std::clamp's references GCC 12
// takes it by way of memory.
inline Histogram::Duration Histogram::clamped(Duration time) noexcept {
  const auto value = time.count() > 0 ? time.count() : 0;
  return Duration{value < highest.count() ? value : highest.count()};
}

inline std::size_t Histogram::slot_within(Duration time) noexcept {
  const auto value = static_cast<std::uint64_t>(time.count());
  // Bucket n has slots of 2^n ns. Each but the first uses only the upper half of its slots, since
  // the one below counts the rest more finely.
  constexpr std::size_t sub_bucket_bits = std::bit_width(std::uint64_t{sub_buckets}) - 1;
  const auto bucket =
      static_cast<std::size_t>(std::bit_width(value | (sub_buckets - 1))) - sub_bucket_bits;
  return bucket * (sub_buckets / 2) + (value >> bucket);
}

inline std::size_t Histogram::slot_of(Duration time) noexcept { return slot_within(clamped(time)); }

inline void Histogram::record(Duration time, std::uint64_t times) noexcept {
  if (times == 0) return;
  const Duration within = clamped(time);
  counts_[slot_within(within)] += times;
  count_ += times;
  min_ = Duration{within < min_ ? within : min_};
  max_ = Duration{within > max_ ? within : max_};
}

}  // namespace client::measure
