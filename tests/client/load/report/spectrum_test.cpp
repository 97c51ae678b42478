#include "client/load/report/spectrum.hpp"

#include <numeric>

#include "client/load/report/columns.hpp"
#include "tests/catch.hpp"
#include "tests/client/load/report/sample_results.hpp"

using namespace client::load::report;
using client::measure::Histogram;
using namespace std::chrono_literals;

TEST_CASE("nothing measured has no spectrum") { CHECK(spectrum(Histogram{}, 7).empty()); }

TEST_CASE("every time is in one range, and there are no more ranges than asked for") {
  Histogram scattered;
  for (auto time = 1ns; time < 60s; time *= 3) scattered.record(time, 7);
  Histogram one;
  one.record(42us, 5);
  const Histogram tail = tests::sample_times(40us, 5000);
  for (const Histogram* const histogram :
       std::initializer_list<const Histogram*>{&scattered, &one, &tail}) {
    for (const std::size_t most : {2U, 3U, 7U}) {
      const auto ranges = spectrum(*histogram, most);
      CHECK(ranges.size() <= most);
      const auto sum = std::accumulate(
          ranges.begin(), ranges.end(), std::uint64_t{0},
          [](std::uint64_t so_far, const Range& range) { return so_far + range.count; });
      CHECK(sum == histogram->count());
    }
  }
}

TEST_CASE("ranges have round limits around nearly all times, the rest is in an open one") {
  Histogram histogram;
  histogram.record(12us, 500);
  histogram.record(30us, 300);
  histogram.record(90us, 198);
  histogram.record(3s, 2);
  const auto ranges = spectrum(histogram, 5);
  REQUIRE(ranges.size() == 4);
  CHECK(ranges[0].limit == 20us);
  CHECK(ranges[0].count == 500);
  CHECK(ranges[1].limit == 50us);
  CHECK(ranges[1].count == 300);
  CHECK(ranges[2].limit == 100us);
  CHECK(ranges[2].count == 198);
  CHECK(ranges[3].open);
  CHECK(ranges[3].count == 2);
}

TEST_CASE("a time that is a limit itself is in the range above it") {
  Histogram histogram;
  histogram.record(15us, 90);
  histogram.record(18us, 10);
  const auto ranges = spectrum(histogram, 4);
  REQUIRE(ranges.size() == 2);
  CHECK(ranges[0].limit == 18us);
  CHECK(ranges[0].count == 90);
  CHECK(ranges[1].count == 10);
}

TEST_CASE("a bar is drawn in eighths, and what is more than nothing shows") {
  CHECK(bar(0, 4).empty());
  CHECK(bar(1, 4) == "████");
  CHECK(bar(0.5, 4) == "██");
  CHECK(bar(0.53125, 4) == "██▏");
  CHECK(bar(0.000001, 4) == "▏");
  CHECK(bar(7, 2) == "██");
}

TEST_CASE("the lines of a spectrum have the same width, and the points stand below each other") {
  const auto lines = spectrum_lines(tests::sample_times(40us, 5000), 7, 80, {});
  REQUIRE(lines.size() > 3);
  for (const std::string& line : lines) {
    CHECK(columns(line) == 39);
    CHECK(line.substr(line.size() - 5, 1) == ".");
  }
}
