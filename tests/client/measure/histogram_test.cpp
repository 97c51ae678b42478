#include "client/measure/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "tests/catch.hpp"

using client::measure::Histogram;
using namespace std::chrono_literals;

namespace {

// Times as a service has them: spread over all magnitudes up to the highest.
std::vector<Histogram::Duration> random_times(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(
      0, std::log(static_cast<double>(Histogram::highest.count())));
  std::vector<Histogram::Duration> times(count);
  for (auto& time : times) {
    time = Histogram::Duration{static_cast<std::int64_t>(std::exp(exponent(random)))};
  }
  return times;
}

Histogram recorded(const std::vector<Histogram::Duration>& times) {
  Histogram histogram;
  for (const auto time : times) histogram.record(time);
  return histogram;
}

bool same(const Histogram& a, const Histogram& b) {
  return std::ranges::equal(a.counts(), b.counts()) && a.count() == b.count() &&
         a.min() == b.min() && a.max() == b.max();
}

}  // namespace

TEST_CASE("a percentile means something where one time at least lies beyond it") {
  const auto least = [](double percent) {
    Histogram times;
    while (!times.has_percentile(percent)) times.record(std::chrono::milliseconds{1});
    return times.count();
  };
  CHECK(least(0) == 1);
  CHECK(least(1) == 100);
  CHECK(least(10) == 10);
  CHECK(least(50) == 2);
  CHECK(least(99) == 100);
  CHECK(least(99.9) == 1000);
  CHECK(least(99.99) == 10'000);
  CHECK(least(100) == 1);
}

TEST_CASE("an empty histogram is zero in everything") {
  const Histogram histogram;
  CHECK(histogram.empty());
  CHECK(histogram.count() == 0);
  CHECK(histogram.min() == 0ns);
  CHECK(histogram.max() == 0ns);
  CHECK(histogram.mean() == 0ns);
  CHECK(histogram.standard_deviation() == 0ns);
  for (const double percent : {0.0, 50.0, 99.99, 100.0})
    CHECK(histogram.percentile(percent) == 0ns);
}

TEST_CASE("every slot's lowest and highest time are counted in it, and their neighbours are not") {
  CHECK(Histogram::lowest_in(0) == 0ns);
  for (std::size_t slot = 0; slot < Histogram::slots; ++slot) {
    if (Histogram::lowest_in(slot) > Histogram::highest) break;
    REQUIRE(Histogram::slot_of(Histogram::lowest_in(slot)) == slot);
    if (Histogram::highest_in(slot) >= Histogram::highest) continue;
    REQUIRE(Histogram::slot_of(Histogram::highest_in(slot)) == slot);
    REQUIRE(Histogram::lowest_in(slot + 1) == Histogram::highest_in(slot) + 1ns);
  }
}

TEST_CASE("slots are those of HdrHistogram from 1 ns to 24 h with three digits") {
  // countsArrayIndex() of its Java library.
  CHECK(Histogram::slot_of(2047ns) == 2047);
  CHECK(Histogram::slot_of(2048ns) == 2048);
  CHECK(Histogram::slot_of(2049ns) == 2048);
  CHECK(Histogram::slot_of(4096ns) == 3072);
  CHECK(Histogram::slot_of(1ms) == 11169);
  CHECK(Histogram::slot_of(60s) == 27388);
  CHECK(Histogram::slot_of(24h) < Histogram::slots);
  CHECK(Histogram::slot_of(24h) >= Histogram::slots - Histogram::sub_buckets / 2);
}

TEST_CASE("a slot's times differ by less than a thousandth") {
  for (std::size_t slot = 1; slot < Histogram::slots; ++slot) {
    const auto lowest = static_cast<double>(Histogram::lowest_in(slot).count());
    const auto highest = static_cast<double>(Histogram::highest_in(slot).count());
    REQUIRE(highest - lowest < lowest / 1000);
  }
}

TEST_CASE("percentiles are those of the sorted times to a thousandth, minimum and maximum exact") {
  for (const std::size_t count : {1U, 2U, 3U, 10U, 1000U, 50000U}) {
    auto times = random_times(count, static_cast<unsigned>(count));
    const Histogram histogram = recorded(times);
    std::sort(times.begin(), times.end());
    REQUIRE(histogram.count() == count);
    CHECK(histogram.min() == times.front());
    CHECK(histogram.max() == times.back());
    for (const double percent : {0.01, 1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 99.0, 99.9, 99.99}) {
      const double rank = std::ceil(percent * static_cast<double>(count) / 100 - 1e-9);
      const auto truth = times[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
      const auto measured = histogram.percentile(percent);
      INFO(percent << " % of " << count);
      CHECK(measured >= truth);
      CHECK(static_cast<double>((measured - truth).count()) <=
            static_cast<double>(truth.count()) / 1000);
    }
  }
}

TEST_CASE("the mean and the deviation are those of the times to a thousandth") {
  const auto times = random_times(20000, 7);
  double sum = 0;
  double squares = 0;
  for (const auto time : times) sum += static_cast<double>(time.count());
  const double mean = sum / static_cast<double>(times.size());
  for (const auto time : times) squares += std::pow(static_cast<double>(time.count()) - mean, 2);
  const double deviation = std::sqrt(squares / static_cast<double>(times.size()));

  const Histogram histogram = recorded(times);
  CHECK(std::abs(static_cast<double>(histogram.mean().count()) / mean - 1) < 0.001);
  CHECK(std::abs(static_cast<double>(histogram.standard_deviation().count()) / deviation - 1) <
        0.001);
}

TEST_CASE("the ends of the percentiles are the exact minimum and maximum") {
  Histogram histogram;
  histogram.record(1'000'003ns);
  histogram.record(5'000'007ns);
  CHECK(histogram.percentile(0) == 1'000'003ns);
  CHECK(histogram.percentile(-1) == 1'000'003ns);
  CHECK(histogram.percentile(100) == 5'000'007ns);
  CHECK(histogram.percentile(101) == 5'000'007ns);
  CHECK(histogram.percentile(99.999) == 5'000'007ns);
}

TEST_CASE("a percentile that falls between two is the lower rank's, without a rounding error") {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(Histogram::Duration{i});
  CHECK(histogram.percentile(99.9) == 999ns);
  CHECK(histogram.percentile(99.91) == 1000ns);
  CHECK(histogram.percentile(50) == 500ns);
  CHECK(histogram.percentile(0.1) == 1ns);
}

TEST_CASE("a time below zero counts as zero, one beyond the highest as the highest") {
  Histogram histogram;
  histogram.record(-5ns);
  histogram.record(Histogram::Duration::min());
  CHECK(histogram.max() == 0ns);
  histogram.record(24h + 1s);
  histogram.record(Histogram::Duration::max());
  CHECK(histogram.count() == 4);
  CHECK(histogram.min() == 0ns);
  CHECK(histogram.max() == 24h);
  CHECK(histogram.percentile(75) == 24h);
}

TEST_CASE("a time recorded several times counts as often, and none at all leaves no trace") {
  Histogram one_by_one;
  for (int i = 0; i < 10; ++i) one_by_one.record(3ms);
  Histogram at_once;
  at_once.record(3ms, 10);
  at_once.record(1ms, 0);
  at_once.record(9ms, 0);
  CHECK(same(at_once, one_by_one));
}

TEST_CASE("adding up histograms equals recording everything in one") {
  const auto first = random_times(1000, 1);
  const auto second = random_times(500, 2);
  auto all = first;
  all.insert(all.end(), second.begin(), second.end());

  Histogram sum = recorded(first);
  sum.add(recorded(second));
  CHECK(same(sum, recorded(all)));

  SECTION("an empty one changes nothing, and takes everything") {
    sum.add(Histogram{});
    CHECK(same(sum, recorded(all)));
    Histogram empty;
    empty.add(sum);
    CHECK(same(empty, sum));
  }
}

TEST_CASE("a histogram that was reset is as new") {
  Histogram histogram = recorded(random_times(1000, 3));
  histogram.reset();
  CHECK(same(histogram, Histogram{}));
  histogram.record(2ms);
  CHECK(histogram.min() == 2ms);
  CHECK(histogram.max() == 2ms);
}

TEST_CASE("a reply after more than a minute has the time that it took") {
  Histogram histogram;
  histogram.record(66s);
  CHECK(histogram.max() == 66s);
  CHECK(histogram.percentile(50) == 66s);
}

TEST_CASE("some of the times may be exchanged for others, as many") {
  Histogram all;
  Histogram some;
  Histogram others;
  for (const auto time : {1ms, 2ms, 3ms}) all.record(time);
  for (const auto time : {50ms, 70ms}) {
    all.record(time);
    some.record(time);
  }
  others.record(500us);
  others.record(10ms);
  all.exchange(some, others);
  CHECK(all.count() == 5);
  CHECK(all.percentile(50) >= 2ms);
  CHECK(all.percentile(50) < 2100us);
  CHECK(all.min() == 500us);
  CHECK(all.max() >= 10ms);
  CHECK(all.max() < 10100us);
  all.exchange(Histogram{}, Histogram{});
  CHECK(all.count() == 5);
}
