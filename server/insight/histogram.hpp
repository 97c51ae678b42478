// A Histogram counts how often values were how large. One thread writes, with plain stores, as a
// Counter's; any thread reads, each bucket whole, though not all of them at one moment.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "server/insight/family.hpp"
#include "streams/counter.hpp"

namespace server::insight {

/// What a reader needs of a histogram, which outlives this.
struct HistogramParts {
  std::span<const streams::Counter> buckets;  ///< one more than there are bounds
  const streams::Counter* sum;                ///< of all values
};

template <Buckets buckets>
class Histogram {
 public:
  static_assert(buckets.count != 0 && buckets.count <= Buckets::max_count);

  /// On the one writing thread only.
  void observe(std::uint64_t value) noexcept {
    counts_[buckets.index_of(value)].add(1);
    sum_.add(value);
  }
  HistogramParts parts() const noexcept { return {counts_, &sum_}; }

 private:
  std::array<streams::Counter, buckets.count + 1> counts_;
  streams::Counter sum_;
};

}  // namespace server::insight
