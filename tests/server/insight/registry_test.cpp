#include "server/insight/registry.hpp"

#include <string>

#include "tests/catch.hpp"

using server::insight::Registry;
using Stats = std::vector<std::pair<std::string_view, std::uint64_t>>;

namespace {

Stats stats_of(const Registry& registry) {
  Stats stats;
  registry.stats(stats);
  return stats;
}

}  // namespace

TEST_CASE("figures of one name are one figure, their sum", "[registry]") {
  streams::Counter first;
  streams::Counter second;
  Registry registry;
  registry.add("bytes", first);
  registry.add("bytes", second);
  first.add(3);
  second.add(4);
  CHECK(registry.value("bytes") == 7);
  CHECK(stats_of(registry) == Stats{{"bytes", 7}});
}

TEST_CASE("a figure is read when it is asked for", "[registry]") {
  std::uint64_t value = 1;
  Registry registry;
  registry.add("value", [&value] { return value; });
  value = 2;
  CHECK(registry.value("value") == 2);
}

TEST_CASE("figures come in the order of their first mention", "[registry]") {
  Registry registry;
  registry.order({"first", "second"});
  registry.add("third", [] { return std::uint64_t{3}; });
  registry.add("second", [] { return std::uint64_t{2}; });
  registry.add("first", [] { return std::uint64_t{1}; });
  CHECK(stats_of(registry) == Stats{{"first", 1}, {"second", 2}, {"third", 3}});
}

TEST_CASE("what nobody registered is nothing", "[registry]") {
  const Registry registry;
  CHECK(registry.value("unknown") == 0);
  CHECK(stats_of(registry).empty());
}
