#include "client/top/layout.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "client/load/report/columns.hpp"
#include "client/top/amounts.hpp"
#include "tests/catch.hpp"
#include "tests/failing_allocation.hpp"

using namespace client::top;
using client::load::report::Style;

namespace {

TargetState target(const char* name, double active, double lag) {
  TargetState state(name);
  state.kind = TargetState::Kind::up;
  state.version = "1.2.3";
  state.uptime = 100;
  state.readings[Reading::active] = active;
  state.readings[Reading::accepted] = 12.5;
  state.readings[Reading::received] = 2048;
  state.readings[Reading::lag_p99] = lag;
  return state;
}

TargetState down(const char* name) {
  TargetState state(name);
  state.kind = TargetState::Kind::down;
  state.error = "cannot connect: Connection refused";
  return state;
}

std::vector<TargetState> three() {
  std::vector<TargetState> all{target("b:1", 5, 0.001), down("c:1"), target("a:1", 7, 0.0002)};
  all[0].listeners["echo"][Reading::active] = 3;
  all[0].listeners["line"][Reading::active] = 2;
  return all;
}

View view_of(const std::vector<TargetState>& targets, const char* order = "given") {
  View view;
  view.targets = targets;
  view.order = order_of(order).value();
  view.time = "12:00:00";
  view.interval = std::chrono::seconds(1);
  return view;
}

/// The first word of each row.
std::string labels(const std::vector<std::string>& lines) {
  std::string all;
  for (std::size_t i = 2; i + 1 < lines.size(); ++i) {
    const std::size_t start = lines[i].find_first_not_of(' ');
    all += lines[i].substr(start, lines[i].find(' ', start) - start) + ' ';
  }
  return all;
}

/// How many allocations it takes to draw a target of so many listeners.
long allocations(int listeners) {
  std::vector<TargetState> targets = three();
  for (int i = 0; i < listeners; ++i) targets[0].listeners["x" + std::to_string(i)];
  View view = view_of(targets);
  view.listeners = true;
  constexpr long most = 1'000'000;
  const tests::FailingAllocation counting(most);
  const auto lines = screen(view, {}, 200, 24);
  return most - tests::FailingAllocation::left;
}

bool has(const std::vector<std::string>& lines, const std::string& text) {
  return std::ranges::any_of(
      lines, [&text](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("no line of a screen is wider than it, and there are no more than it has", "[top]") {
  const std::vector<TargetState> targets = three();
  for (const bool colour : {false, true}) {
    const Style style{.colour = colour};
    for (std::size_t width = 0; width <= 240; ++width) {
      for (const std::size_t height : {0U, 1U, 2U, 3U, 4U, 6U, 24U}) {
        const auto lines = screen(view_of(targets), style, width, height);
        CHECK(lines.size() <= height);
        if (colour) continue;
        for (const std::string& line : lines) {
          if (client::load::report::columns(line) > width) FAIL_CHECK(width << ": " << line);
        }
      }
    }
  }
}

TEST_CASE("a wide screen shows every column, a narrow one those that matter most", "[top]") {
  const std::vector<TargetState> targets = three();
  const auto wide = screen(view_of(targets), {}, 200, 24);
  for (const Column& column : columns) CHECK(has(wide, std::string(column.head)));
  CHECK(has(wide, "1.2.3"));
  // Those that nobody tells make room for those that somebody does.
  const auto usual = screen(view_of(targets), {}, 72, 24);
  CHECK_FALSE(has(usual, "retr/s "));
  CHECK(has(usual, "1.2.3"));
  CHECK(has(usual, "lag p99"));
  const auto narrow = screen(view_of(targets), {}, 40, 24);
  CHECK_FALSE(has(narrow, "1.2.3"));
  CHECK(has(narrow, "conns"));
  CHECK(has(narrow, "new/s"));
}

TEST_CASE("a target that is down has its error beside it, one that tells a figure not a dash",
          "[top]") {
  const std::vector<TargetState> targets = three();
  const auto lines = screen(view_of(targets), {}, 200, 24);
  CHECK(has(lines, "c:1     cannot connect: Connection refused"));
  CHECK(has(lines, "2 up"));
  CHECK(has(lines, "12"));
  CHECK(has(lines, "-"));
}

TEST_CASE("listeners have rows where there is room, or where they are asked for", "[top]") {
  const std::vector<TargetState> targets = three();
  View view = view_of(targets);
  CHECK(labels(screen(view, {}, 100, 8)) == "b:1 echo line c:1 a:1 ");
  CHECK(labels(screen(view, {}, 100, 7)) == "b:1 c:1 a:1 ");
  view.listeners = true;
  const auto lines = screen(view, {}, 200, 7);
  CHECK(labels(lines) == "b:1 echo line c:1 ");
  CHECK(lines.back().starts_with("1 rows more than there is room for"));
}

TEST_CASE("of listeners that are asked for the first are shown and the others counted", "[top]") {
  std::vector<TargetState> targets = three();
  for (int i = 0; i < 100; ++i) targets[0].listeners["x" + std::to_string(i)];
  View view = view_of(targets);
  CHECK(labels(screen(view, {}, 100, 7)) == "b:1 c:1 a:1 ");
  view.listeners = true;
  const auto lines = screen(view, {}, 200, 7);
  CHECK(labels(lines) == "b:1 echo line x0 ");
  CHECK(lines.back().starts_with("101 rows more than there is room for"));
}

TEST_CASE("rows that are not shown cost nothing", "[top]") {
  CHECK(allocations(5000) == allocations(50));
}

TEST_CASE("targets stand as given, by name, or by a reading, those without it last", "[top]") {
  const std::vector<TargetState> targets = three();
  const auto order = [&targets](const char* key) {
    return labels(screen(view_of(targets, key), {}, 100, 7));
  };
  CHECK(order("given") == "b:1 c:1 a:1 ");
  CHECK(order("target") == "a:1 b:1 c:1 ");
  CHECK(order("connections") == "a:1 b:1 c:1 ");
  CHECK(order("lag99") == "b:1 a:1 c:1 ");
  CHECK(order("rtt") == "b:1 c:1 a:1 ");
  CHECK_FALSE(order_of("lga"));
  for (const std::string_view key : order_keys()) CHECK(order_of(key)->key() == key);
  CHECK(order_of_letter('c')->key() == "connections");
  CHECK_FALSE(order_of_letter('q'));
}

TEST_CASE("a screen of ASCII has no other letter", "[top]") {
  const std::vector<TargetState> targets = three();
  const auto is_ascii = [](const std::string& line) {
    return std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 128; });
  };
  CHECK(std::ranges::all_of(screen(view_of(targets), {.unicode = false}, 200, 24), is_ascii));
  CHECK(has(screen(view_of(targets), {}, 200, 24), "µs"));
}

TEST_CASE("what a daemon says of itself steers no terminal and takes a column a character",
          "[top]") {
  std::vector<TargetState> targets = three();
  targets[0].version = "\x1b[2J";
  targets[0].listeners
      ["\xc3\xbc\xc2\x9b"
       "1\x80\x80"];
  targets[1].error = "no\nanswer";
  const auto lines = screen(view_of(targets), {}, 200, 24);
  CHECK(has(lines, "?[2J"));
  CHECK(has(lines, "  ??1? "));
  CHECK(has(lines, "no?answer"));
}

TEST_CASE("text for a pipe has every column, and listeners where they are asked for", "[top]") {
  const std::vector<TargetState> targets = three();
  View view = view_of(targets);
  const std::string text = plain(view, {});
  CHECK(std::ranges::count(text, '\n') == 5);
  CHECK(text.find("retr/s") != std::string::npos);
  view.listeners = true;
  CHECK(std::ranges::count(plain(view, {}), '\n') == 7);
}

TEST_CASE("amounts fit a column", "[top]") {
  struct Case {
    double value;
    Unit unit;
    const char* text;
  };
  for (const Case& test : std::vector<Case>{{0, Unit::count, "0"},
                                            {0.04, Unit::count, "0.0"},
                                            {2.5, Unit::count, "2.5"},
                                            {9.96, Unit::count, "10"},
                                            {812, Unit::count, "812"},
                                            {999.6, Unit::count, "1.0k"},
                                            {12'345, Unit::count, "12k"},
                                            {1.24e6, Unit::count, "1.2M"},
                                            {1536, Unit::bytes, "1.50 KiB"},
                                            {0.0000412, Unit::seconds, "41.2 µs"},
                                            {-1, Unit::count, "-"},
                                            {1e300, Unit::bytes, "-"},
                                            {1e12, Unit::seconds, "-"}}) {
    CHECK(amount(test.value, test.unit) == test.text);
  }
  CHECK(amount(std::nullopt, Unit::count) == "-");
  CHECK(age(7) == "7s");
  CHECK(age(725) == "12m5s");
  CHECK(age(720) == "12m");
  CHECK(age(4 * 3600 + 12 * 60 + 9) == "4h12m");
  CHECK(age(3 * 86400 + 4 * 3600) == "3d4h");
  CHECK(age(std::nullopt) == "-");
}
