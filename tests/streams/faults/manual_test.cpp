// The manual page echoline-faults(7), held against the grammar.
#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "streams/faults/actions.hpp"
#include "streams/faults/grammar.hpp"
#include "streams/faults/plan.hpp"
#include "tests/catch.hpp"

using faults::ActionRow;
using Kind = faults::Place::Kind;

namespace {

/// The lines of the page's section.
std::vector<std::string> lines_of(const std::string& section) {
  std::ifstream in{ECHOLINE_FAULTS_MANUAL};
  REQUIRE(in);
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# ")) inside = line == "# " + section;
    if (inside) lines.push_back(line);
  }
  return lines;
}

/// The cell of a table that the line is, if it is one.
std::string_view cell(std::string_view line, std::string_view signs) {
  return signs.find(line.substr(0, 1)) != std::string_view::npos && line.size() > 3
             ? line.substr(3)
             : std::string_view{};
}

struct Row {
  std::string name, places, streams;
};

std::vector<Row> table() {
  std::vector<Row> rows;
  const std::vector<std::string> lines = lines_of("ACTIONS");
  for (std::size_t i = 0; i + 2 < lines.size(); ++i) {
    const std::string_view name = cell(lines[i], "|");
    if (name.empty()) continue;
    rows.push_back({std::string(name), std::string(cell(lines[i + 1], ":")),
                    std::string(cell(lines[i + 2], ":"))});
  }
  return rows;
}

std::string places_of(const ActionRow& action) {
  constexpr std::pair<Kind, std::string_view> written[] = {
      {Kind::accept, "at accept"},      {Kind::byte, "at byte"},
      {Kind::every_size, "every SIZE"}, {Kind::line, "after line"},
      {Kind::every_line, "every line"}, {Kind::time, "after TIME"}};
  std::string first, others;
  for (const auto& [kind, text] : written) {
    if (kind == action.kind) {
      first = text;
    } else if (action.takes(kind)) {
      others += ", ";
      others += text;
    }
  }
  return first.empty() ? "-" : first + others;
}

std::string streams_of(const ActionRow& action) {
  if (action.kind == Kind::accept || action.kind == Kind::end) return "-";
  if (!action.of_input) return "output";
  return action.of_output ? "output, input" : "input";
}

}  // namespace

TEST_CASE("the page has every action with its places and streams") {
  const std::vector<Row> rows = table();
  REQUIRE(rows.size() == faults::actions.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ActionRow& action = faults::actions[i];
    CHECK(rows[i].name == "*" + std::string(action.name) + "*");
    CAPTURE(action.name);
    CHECK(rows[i].places == places_of(action));
    CHECK(rows[i].streams == streams_of(action));
  }
}

TEST_CASE("the page has an entry with an example for every action") {
  // Two lines each: what it is called, and, below what it does, an example.
  std::vector<std::string> described;
  std::string entry;
  for (const std::string& line : lines_of("ACTIONS")) {
    if (!line.starts_with("*")) continue;
    const std::string name = line.substr(1, line.find_first_of("* ", 1) - 1);
    if (entry.empty()) {
      entry = name;
      continue;
    }
    CAPTURE(line);
    const faults::ParsedFault parsed = faults::parse(line.substr(1, line.size() - 2));
    CHECK(parsed.wrong.what == "");
    CHECK(entry == name);
    described.push_back(entry);
    entry.clear();
  }
  std::vector<std::string> all;
  for (const ActionRow& action : faults::actions) all.emplace_back(action.name);
  std::ranges::sort(described);
  std::ranges::sort(all);
  CHECK(described == all);
}

TEST_CASE("the error that the page shows is the one that there is") {
  const std::string texts[] = {"fin", "reset at bite 4096"};
  const faults::ParsedPlan parsed = faults::parse_plan(texts);
  REQUIRE_FALSE(parsed);
  const std::vector<std::string> lines = lines_of("GRAMMAR");
  CHECK(std::ranges::find(lines, "\t" + parsed.error) != lines.end());
}
