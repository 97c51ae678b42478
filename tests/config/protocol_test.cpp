#include "config/protocol.hpp"

#include "tests/config/loading.hpp"

using namespace config;

namespace {

struct Pace {
  std::chrono::milliseconds pause{20};
};
constexpr std::array pace_options{
    duration<&Pace::pause>("pause", {}, std::chrono::seconds{1}, "between two lines"),
    size<&LineOptions::max_line>("max_line", 64, 1024 * 1024, "longest line"),
};
constexpr std::array<Protocol, 3> two_of_a_key{{
    {"line", "", line_options},
    {"ticker", "", pace_options},
    {"admin", "unix:/run/admin", line_options},
}};

}  // namespace

TEST_CASE("without a file the protocols that have an address listen there", "[protocol]") {
  const Config config = defaults(protocols);
  REQUIRE(config.listeners.size() == 2);
  CHECK(config.listeners[0].name == "echo");
  CHECK(config.listeners[0].protocol == "echo");
  CHECK(config.listeners[0].address == "127.0.0.1:7007");
  CHECK(config.listeners[1].name == "line");
  CHECK(config.listeners[1].protocol == "line");
  CHECK(config.listeners[1].address == "127.0.0.1:7008");
  for (const Listener& listener : config.listeners) {
    CHECK(listener.backlog == 4096);
    CHECK(listener.limits == config.limits);
    CHECK(listener.options == config.options);
  }
}

TEST_CASE("every protocol's own key has its default", "[protocol]") {
  CHECK(defaults(two_of_a_key).options == OptionValues{{"max_line", 8192}, {"pause", 20'000}});
  CHECK(defaults({}).options.empty());
}

TEST_CASE("a key that several protocols share is one key", "[protocol]") {
  std::vector<std::string_view> names;
  for (const Key* key : options_of(two_of_a_key)) names.push_back(key->name);
  CHECK(names == std::vector<std::string_view>{"max_line", "pause"});
}
