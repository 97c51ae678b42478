#include "server/insight/histogram.hpp"

#include <limits>
#include <vector>

#include "tests/catch.hpp"

using server::insight::Buckets;
using server::insight::Histogram;

namespace {

std::vector<std::uint64_t> counts(const server::insight::HistogramParts& parts) {
  std::vector<std::uint64_t> counts;
  for (const streams::Counter& bucket : parts.buckets) counts.push_back(bucket.value());
  return counts;
}

}  // namespace

TEST_CASE("a bucket counts what is at most its bound and more than the one before", "[histogram]") {
  for (const Buckets buckets : {Buckets{0, 1, 20}, Buckets{4, 2, 9}, Buckets{10, 3, 5}}) {
    for (std::size_t i = 0; i < buckets.count; ++i) {
      INFO("bucket " << i << " of " << buckets.count);
      CHECK(buckets.index_of(buckets.bound(i)) == i);
      CHECK(buckets.index_of(buckets.bound(i) + 1) == i + 1);
    }
    CHECK(buckets.index_of(0) == 0);
    CHECK(buckets.index_of(std::numeric_limits<std::uint64_t>::max()) == buckets.count);
  }
}

TEST_CASE("a histogram counts each value once and adds them up", "[histogram]") {
  Histogram<Buckets{0, 2, 3}> histogram;
  for (const std::uint64_t value : {0U, 1U, 2U, 4U, 5U, 16U, 17U, 1000U}) histogram.observe(value);
  CHECK(counts(histogram.parts()) == std::vector<std::uint64_t>{2, 2, 2, 2});
  CHECK(histogram.parts().sum->value() == 1045);
}
