#include "config/schema.hpp"

#include "tests/config/loading.hpp"

using namespace config;

namespace {

std::vector<std::string_view> names(const std::vector<const Key*>& keys) {
  std::vector<std::string_view> out;
  for (const Key* key : keys) out.push_back(key->name);
  return out;
}

}  // namespace

TEST_CASE("limits, access and the protocols' own keys may stand in a listener, too", "[schema]") {
  const Schema schema{protocols};
  CHECK(names(schema.of(Table::option)) == std::vector<std::string_view>{"max_line"});
  std::vector<std::string_view> both = names(schema.of(Table::limits));
  both.push_back("max_line");
  std::vector<std::string_view> with_budget = both;
  with_budget.push_back("max_memory");
  CHECK(names(schema.allowed(Table::limits)) == with_budget);
  std::vector<std::string_view> all = names(schema.of(Table::listener));
  all.insert(all.end(), both.begin(), both.end());
  const std::vector<std::string_view> access = names(schema.of(Table::access));
  all.insert(all.end(), access.begin(), access.end());
  const std::vector<std::string_view> tcp = names(schema.of(Table::tcp));
  all.insert(all.end(), tcp.begin(), tcp.end());
  CHECK(names(schema.allowed(Table::listener)) == all);
  CHECK(names(schema.allowed(Table::log)) ==
        std::vector<std::string_view>{"level", "format", "sessions"});
}

TEST_CASE("a key's home is the table that it belongs in", "[schema]") {
  const Schema schema{protocols};
  CHECK(schema.home_of("workers") == "at the top level, before the first table");
  CHECK(schema.home_of("limits") == "at the top level");
  CHECK(schema.home_of("low_water") == "in [limits]");
  CHECK(schema.home_of("max_line") == "in [limits]");
  CHECK(schema.home_of("nodelay") == "in [tcp]");
  CHECK(schema.home_of("format") == "in [log]");
  CHECK(schema.home_of("deny") == "in [access]");
  CHECK(schema.home_of("admin") == "at the top level");
  CHECK(schema.home_of("address") == "in a [[listener]]");
  CHECK(schema.home_of("max_connections") == "in [limits]");
  CHECK(schema.home_of("backlog") == "in a [[listener]]");
  CHECK(schema.home_of("colour").empty());
  CHECK(Schema{{}}.home_of("max_line").empty());
}
