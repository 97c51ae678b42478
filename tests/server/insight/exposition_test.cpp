#include "server/insight/exposition.hpp"

#include "tests/catch.hpp"

using namespace server::insight;

namespace {

constexpr Family connections{"connections_total", Kind::counter, things, "Connections so far"};
constexpr Family received{"bytes_received_total", Kind::counter, bytes, "Bytes received"};
constexpr Family uptime{"uptime_seconds", Kind::gauge, whole_seconds, "Time since the start"};
constexpr Family build{"build_info", Kind::info, things, "The build"};
constexpr Family cpu{"process_cpu_seconds_total", Kind::counter, microseconds, "Time used"};
constexpr Buckets three{0, 10, 3};
constexpr Family length{"session_seconds", Kind::histogram, microseconds, "Lengths", three};

std::string text(const Registry& registry, Format format) {
  std::string out;
  append_exposition(out, registry, format);
  return out;
}

Registry::Read always(std::uint64_t value) {
  return [value] { return value; };
}

}  // namespace

TEST_CASE("OpenMetrics names a counter without _total, its samples with it", "[exposition]") {
  Registry registry;
  registry.add(connections, {{"listener", "echo"}}, always(3));
  CHECK(text(registry, Format::openmetrics) ==
        "# TYPE echoline_connections counter\n"
        "# HELP echoline_connections Connections so far\n"
        "echoline_connections_total{listener=\"echo\"} 3\n"
        "# EOF\n");
}

TEST_CASE("Prometheus' text names it with _total throughout and has no end", "[exposition]") {
  Registry registry;
  registry.add(connections, {}, always(3));
  CHECK(text(registry, Format::prometheus) ==
        "# TYPE echoline_connections_total counter\n"
        "# HELP echoline_connections_total Connections so far\n"
        "echoline_connections_total 3\n");
}

TEST_CASE("a unit is told where the name ends with it", "[exposition]") {
  Registry registry;
  registry.add(uptime, {}, always(12));
  registry.add(received, {}, always(1));
  registry.add(cpu, {}, always(2'500'000));
  CHECK(text(registry, Format::openmetrics) ==
        "# TYPE echoline_uptime_seconds gauge\n"
        "# UNIT echoline_uptime_seconds seconds\n"
        "# HELP echoline_uptime_seconds Time since the start\n"
        "echoline_uptime_seconds 12\n"
        "# TYPE echoline_bytes_received counter\n"
        "# HELP echoline_bytes_received Bytes received\n"
        "echoline_bytes_received_total 1\n"
        "# TYPE process_cpu_seconds counter\n"
        "# UNIT process_cpu_seconds seconds\n"
        "# HELP process_cpu_seconds Time used\n"
        "process_cpu_seconds_total 2.500000\n"
        "# EOF\n");
}

TEST_CASE("a histogram's buckets count all that is below, up to all there is", "[exposition]") {
  Histogram<three> histogram;
  for (const std::uint64_t microseconds : {1U, 1000U, 2000U, 5'000'000U}) {
    histogram.observe(microseconds);
  }
  Registry registry;
  registry.add(length, {{"listener", "echo"}}, histogram.parts());
  CHECK(text(registry, Format::prometheus) ==
        "# TYPE echoline_session_seconds histogram\n"
        "# HELP echoline_session_seconds Lengths\n"
        "echoline_session_seconds_bucket{listener=\"echo\",le=\"1e-06\"} 1\n"
        "echoline_session_seconds_bucket{listener=\"echo\",le=\"0.001024\"} 2\n"
        "echoline_session_seconds_bucket{listener=\"echo\",le=\"1.048576\"} 3\n"
        "echoline_session_seconds_bucket{listener=\"echo\",le=\"+Inf\"} 4\n"
        "echoline_session_seconds_count{listener=\"echo\"} 4\n"
        "echoline_session_seconds_sum{listener=\"echo\"} 5.003001\n");
}

TEST_CASE("a label's value is escaped", "[exposition]") {
  Registry registry;
  registry.add(connections, {{"listener", "a\"b\\c\nd\xC3\xA9"}}, always(0));
  CHECK(text(registry, Format::prometheus).ends_with("{listener=\"a\\\"b\\\\c\\nd\xC3\xA9\"} 0\n"));
}

TEST_CASE("what is all labels is an info of OpenMetrics and a gauge of Prometheus",
          "[exposition]") {
  Registry registry;
  registry.add(build, {{"version", "0.1.0"}}, always(1));
  CHECK(text(registry, Format::openmetrics).starts_with("# TYPE echoline_build info\n"));
  CHECK(text(registry, Format::prometheus).starts_with("# TYPE echoline_build_info gauge\n"));
  CHECK(text(registry, Format::prometheus).ends_with("echoline_build_info{version=\"0.1.0\"} 1\n"));
}

TEST_CASE("a family without a sample is not told", "[exposition]") {
  static const std::array declared{connections};
  Registry registry;
  registry.declare(declared);
  CHECK(text(registry, Format::prometheus).empty());
  CHECK(text(registry, Format::openmetrics) == "# EOF\n");
}
