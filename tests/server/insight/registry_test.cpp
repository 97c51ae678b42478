#include "server/insight/registry.hpp"

#include <string>
#include <utility>

#include "tests/catch.hpp"

using namespace server::insight;

namespace {

constexpr Family sessions{"sessions_total", Kind::counter, things, "Sessions"};
constexpr Family active{"active", Kind::gauge, things, "Sessions now"};
constexpr Family build{"build_info", Kind::info, things, "The build"};
constexpr Buckets small{0, 2, 3};
constexpr Family length{"length_seconds", Kind::histogram, microseconds, "Their length", small};

Registry::Read always(std::uint64_t value) {
  return [value] { return value; };
}

/// `name=value` of each, with the decimals as they are.
std::vector<std::string> stats_of(const Registry& registry) {
  std::vector<std::string> stats;
  for (const Stat& stat : registry.stats()) {
    stats.push_back(std::string(stat.name).append(stat.suffix) + '=' + std::to_string(stat.value) +
                    (stat.decimals == 0 ? "" : "e-" + std::to_string(stat.decimals)));
  }
  return stats;
}

/// `{label=value,...} value` of each sample of `family`; of a histogram its buckets and its sum.
std::vector<std::string> samples_of(const Registry& registry, const Family& family) {
  std::vector<std::string> texts;
  registry.visit([&](const Family& visited, std::span<const Sample> samples) {
    if (visited.name != family.name) return;
    for (const Sample& sample : samples) {
      std::string text = "{";
      for (const Label& label : sample.labels) {
        text += std::string(label.name) + '=' + label.value + ',';
      }
      text += "} " + std::to_string(sample.value);
      for (const std::uint64_t count : sample.buckets) text += ' ' + std::to_string(count);
      texts.push_back(text + (sample.sum == 0 ? "" : " sum " + std::to_string(sample.sum)));
    }
  });
  return texts;
}

}  // namespace

TEST_CASE("samples with the same labels are one sample, their sum", "[registry]") {
  streams::Counter first;
  streams::Counter second;
  Registry registry;
  registry.add(sessions, {{"listener", "echo"}}, first);
  registry.add(sessions, {{"listener", "echo"}}, second);
  registry.add(sessions, {{"listener", "line"}}, always(10));
  first.add(3);
  second.add(4);
  CHECK(samples_of(registry, sessions) ==
        std::vector<std::string>{"{listener=echo,} 7", "{listener=line,} 10"});
}

TEST_CASE("STATS tells the sum over a family's samples", "[registry]") {
  Registry registry;
  registry.add(sessions, {{"listener", "echo"}}, always(3));
  registry.add(sessions, {{"listener", "line"}}, always(4));
  CHECK(registry.value("sessions_total") == 7);
  CHECK(stats_of(registry) == std::vector<std::string>{"sessions_total=7"});
}

TEST_CASE("a figure is read when it is asked for", "[registry]") {
  std::uint64_t value = 1;
  Registry registry;
  registry.add(active, {}, [&value] { return value; });
  value = 2;
  CHECK(registry.value("active") == 2);
}

TEST_CASE("families come in the order in which they were declared or first had a sample",
          "[registry]") {
  static const std::array declared{sessions, active};
  Registry registry;
  registry.declare(declared);
  registry.add(length, {}, always(0));
  registry.add(active, {}, always(2));
  registry.add(sessions, {}, always(1));
  std::vector<std::string_view> names;
  registry.visit([&names](const Family& family, auto) { names.push_back(family.name); });
  CHECK(names == std::vector<std::string_view>{"sessions_total", "active", "length_seconds"});
}

TEST_CASE("a family without a sample is no line of STATS", "[registry]") {
  static const std::array declared{sessions};
  Registry registry;
  registry.declare(declared);
  CHECK(stats_of(registry).empty());
}

TEST_CASE("histograms with the same labels are one, bucket by bucket", "[registry]") {
  Histogram<small> first;
  Histogram<small> second;
  Registry registry;
  registry.add(length, {}, first.parts());
  registry.add(length, {}, second.parts());
  first.observe(1);
  first.observe(100);
  second.observe(2);
  CHECK(samples_of(registry, length) == std::vector<std::string>{"{} 3 1 1 0 1 sum 103"});
}

TEST_CASE("of a histogram STATS tells the count and the sum", "[registry]") {
  Histogram<small> histogram;
  Registry registry;
  registry.add(length, {}, histogram.parts());
  histogram.observe(5);
  histogram.observe(6);
  CHECK(stats_of(registry) ==
        std::vector<std::string>{"length_seconds_count=2", "length_seconds_sum=11e-6"});
  CHECK(registry.value("length_seconds") == 2);
}

TEST_CASE("what is all labels is no line of STATS", "[registry]") {
  Registry registry;
  registry.add(build, {{"version", "1"}}, always(1));
  CHECK(stats_of(registry).empty());
  CHECK(samples_of(registry, build) == std::vector<std::string>{"{version=1,} 1"});
}

TEST_CASE("what is removed is gone from a scrape, and no sum of what was counted goes back",
          "[registry]") {
  Histogram<small> histogram;
  histogram.observe(7);
  Registry registry;
  for (const char* const listener : {"echo", "line"}) {
    registry.add(sessions, {{"listener", listener}}, always(3));
    registry.add(active, {{"listener", listener}}, always(2));
  }
  registry.add(length, {{"listener", "line"}, {"end", "done"}}, histogram.parts());
  registry.remove({"listener", "line"});
  CHECK(samples_of(registry, sessions) == std::vector<std::string>{"{listener=echo,} 3"});
  CHECK(samples_of(registry, length).empty());
  CHECK(stats_of(registry) == std::vector<std::string>{"sessions_total=6", "active=2",
                                                       "length_seconds_count=1",
                                                       "length_seconds_sum=7e-6"});
}

TEST_CASE("what nobody registered is nothing", "[registry]") {
  const Registry registry;
  CHECK(registry.value("unknown") == 0);
  CHECK(stats_of(registry).empty());
}
