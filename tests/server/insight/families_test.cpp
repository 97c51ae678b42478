// The table of the manual, echolined-metrics(7), and the families that there are.
#include "server/insight/families.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace server::insight;

namespace {

/// The words for Kind, in its order.
constexpr std::array<std::string_view, 4> kinds{"counter", "gauge", "histogram", "info"};

/// "NAME KIND" of each that the page has, as it says it: `*name*, *name*, kind, more`.
std::vector<std::string> figures_of_page() {
  std::ifstream page(ECHOLINED_METRICS);
  REQUIRE(page);
  std::vector<std::string> figures;
  for (std::string line; std::getline(page, line);) {
    std::vector<std::string> names;
    std::size_t at = 0;
    while (at < line.size() && line[at] == '*') {
      const std::size_t end = line.find("*, ", at + 1);
      if (end == std::string::npos) break;
      names.push_back(line.substr(at + 1, end - at - 1));
      at = end + 3;
    }
    const std::string kind = line.substr(at, line.find(',', at) - at);
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) continue;
    for (const std::string& name : names) figures.push_back(name + " " + kind);
  }
  std::sort(figures.begin(), figures.end());
  return figures;
}

}  // namespace

TEST_CASE("the manual has every figure, with its kind, and no other", "[families]") {
  std::vector<std::string> figures;
  for (const Family& family : families::all) {
    figures.push_back(
        std::string(family.name).append(" ").append(kinds[static_cast<std::size_t>(family.kind)]));
  }
  std::sort(figures.begin(), figures.end());
  CHECK(figures_of_page() == figures);
}

TEST_CASE("every family is named and explained as Prometheus has it", "[families]") {
  std::vector<std::string_view> names;
  for (const Family& family : families::all) {
    INFO(family.name);
    names.push_back(family.name);
    CHECK(std::all_of(family.name.begin(), family.name.end(),
                      [](char c) { return std::islower(c) != 0 || c == '_'; }));
    CHECK(family.name.ends_with("_total") == (family.kind == Kind::counter));
    CHECK(family.name.ends_with("_info") == (family.kind == Kind::info));
    CHECK((family.buckets.count != 0) == (family.kind == Kind::histogram));
    CHECK(family.name.find(family.unit.name) != std::string_view::npos);
    CHECK_FALSE(family.help.empty());
    CHECK(family.help.find_first_of("\n\\\"") == std::string_view::npos);
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}
