#include "client/load/report/display.hpp"

#include "client/load/report/columns.hpp"
#include "tests/catch.hpp"
#include "tests/client/load/report/sample_results.hpp"

using namespace client::load;
using namespace client::load::report;
using namespace std::chrono_literals;

namespace {

constexpr Style plain{.colour = false, .unicode = true};

Figures third_second() {
  Figures figures;
  figures.start = 2s;
  figures.length = 1s;
  figures.answered = 49'994;
  figures.connections_active = 50;
  figures.service.record(38us, 100);
  figures.response.record(41us, 98);
  figures.response.record(310us, 2);
  return figures;
}

}  // namespace

TEST_CASE(
    "the display is a bar between elapsed and remaining time above the last second's figures") {
  Plan plan;
  plan.stages = {{.from = 50'000, .to = 50'000, .time = 10s}};
  CHECK(display(plan, third_second(), {.requests = 150'000, .errors = 0}, 40, plain) ==
        "3 s ━━━━━━━━─────────────────── 7 s left\n"
        "49.99 k/s   0 errors   p50 41.0 µs");
  CHECK(display(plan, third_second(), {.requests = 150'000, .errors = 1234}, 100, plain) ==
        "3 s ━━━━━━━━━━━━━━━─────────────────────────────────── 7 s left\n"
        "49.99 k/s   1,234 errors   p50 41.0 µs   p99 310 µs   max 310 µs   50 connections");
}

TEST_CASE("the closed loop's display shows service time") {
  const std::string text = display(Plan{}, third_second(), {}, 80, plain);
  CHECK(text.find("p50 38.0 µs") != std::string::npos);
}

TEST_CASE("a display is never wider than it may be, and cuts no number in two") {
  const auto figures = third_second();
  const std::string all = display(Plan{}, figures, {}, 200, plain);
  const std::string full = all.substr(all.find('\n') + 1);
  for (std::size_t width = 0; width < 100; ++width) {
    for (const Style style : {plain, Style{.colour = false, .unicode = false}}) {
      const std::string text = display(Plan{}, figures, {}, width, style);
      const std::size_t line_feed = text.find('\n');
      REQUIRE(line_feed != std::string::npos);
      CHECK(columns(text.substr(0, line_feed)) <= width);
      CHECK(columns(text.substr(line_feed + 1)) <= width);
    }
    const std::string text = display(Plan{}, figures, {}, width, plain);
    const std::string line = text.substr(text.find('\n') + 1);
    CHECK(full.starts_with(line));
    CHECK((line.size() == full.size() || line.empty() || full[line.size()] == ' '));
  }
}

TEST_CASE("the bar follows the requests of a run that ends with them") {
  Plan plan;
  plan.duration = 3600s;
  plan.requests = 200;
  const std::string text = display(plan, third_second(), {.requests = 100, .errors = 0}, 80, plain);
  const auto bars = [&text](std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
      ++count;
    }
    return count;
  };
  CHECK(bars("━") == bars("─"));
  CHECK(text.find(" 100 requests left\n") != std::string::npos);
}

TEST_CASE("a run that takes longer than planned has nothing left, and no more than a whole bar") {
  Figures figures = third_second();
  figures.start = 12s;
  const std::string text = display(Plan{}, figures, {}, 80, plain);
  CHECK(text.find("13 s ") == 0);
  CHECK(text.find(" 0 s left\n") != std::string::npos);
  CHECK(text.find("─") == std::string::npos);
}

TEST_CASE("once nothing more is sent the display says what it waits for") {
  Figures figures = third_second();
  figures.start = 10s;
  figures.under_way = 1234;
  CHECK(display(Plan{}, figures, {}, 40, plain)
            .starts_with("11 s ━━━━━━━━━ waiting for 1,234 replies\n"));
  CHECK(progress_line(Plan{}, figures, {}, plain)
            .ends_with("50 connections, waiting for 1,234 replies\n"));
  figures.under_way = 1;
  CHECK(display(Plan{}, figures, {}, 20, plain).starts_with("waiting for 1 reply\n"));
  CHECK(display(Plan{}, figures, {}, 10, plain).starts_with("11 s\n"));
  Plan plan;
  plan.protocol = &discard_protocol;
  CHECK(display(plan, figures, {}, 80, plain).find(" waiting for 1 message\n") !=
        std::string::npos);
  plan = {};
  plan.requests = 200;
  CHECK(display(plan, figures, {.requests = 198, .errors = 0}, 80, plain)
            .find(" 2 requests left\n") != std::string::npos);
  CHECK(display(plan, figures, {.requests = 198, .errors = 1}, 80, plain)
            .find(" waiting for 1 reply\n") != std::string::npos);
}

TEST_CASE("a second with few replies shows the percentiles that mean something") {
  Figures figures = third_second();
  figures.service.reset();
  figures.service.record(38us, 99);
  const std::string line = progress_line(Plan{}, figures, {}, plain);
  CHECK(line.find("p50 38.0 µs, max 38.0 µs") != std::string::npos);
}

TEST_CASE("a second without replies has no latency to show") {
  Figures figures;
  figures.length = 1s;
  CHECK(progress_line(Plan{}, figures, {.requests = 0, .errors = 1}, plain) ==
        "1 s, 0/s, 1 error, 0 connections\n");
}

TEST_CASE("elsewhere the same is a plain line") {
  const Style style{.colour = true, .unicode = false};
  CHECK(progress_line(Plan{}, third_second(), {.requests = 5, .errors = 0}, style) ==
        "3 s, 49.99 k/s, 0 errors, p50 38.0 us, p99 38.0 us, max 38.0 us, 50 connections\n");
}
