#include "config/key.hpp"

#include "config/keys.hpp"
#include "tests/catch.hpp"

using namespace config;
using namespace std::chrono_literals;

namespace {

const Key& key_of(std::string_view name) {
  for (const Key& key : keys) {
    if (key.name == name) return key;
  }
  FAIL("no key " << name);
  return keys[0];
}

// As it is printed once it was set.
template <typename Owner>
std::string printed(std::string_view name, const Owner& owner) {
  return to_toml(key_of(name), key_of(name).get(owner));
}

}  // namespace

TEST_CASE("a key reads and sets its member, in the member's own type", "[key]") {
  Config config;
  key_of("workers").set(config, 7);
  key_of("shutdown_grace").set(config, 1'500'000);
  CHECK(config.workers == 7);
  CHECK(config.shutdown_grace == 1500ms);
  CHECK(key_of("shutdown_grace").get(config) == Setting{1'500'000});
  Listener listener;
  key_of("name").set(listener, std::string{"front"});
  CHECK(listener.name == "front");
}

TEST_CASE("a key of another struct is a bug", "[key]") {
  Log log;
  CHECK_THROWS_AS(key_of("workers").set(log, 1), std::logic_error);
  CHECK_THROWS_AS(key_of("workers").get(log), std::logic_error);
}

TEST_CASE("a key's default is its member's", "[key]") {
  CHECK(key_of("backlog").preset() == Setting{4096});
  CHECK(key_of("idle_timeout").preset() == Setting{600'000'000});
  CHECK(key_of("at_limit").preset() == Setting{0});
  CHECK(key_of("address").preset() == Setting{std::string{}});
}

TEST_CASE("each enumerator has its word", "[key]") {
  for (const auto& [value, word] :
       {std::pair{AtLimit::wait, "\"wait\""}, {AtLimit::refuse, "\"refuse\""}}) {
    Limits limits;
    limits.at_limit = value;
    CHECK(printed("at_limit", limits) == word);
  }
  for (const auto& [value, word] : {std::pair{LogLevel::debug, "\"debug\""},
                                    {LogLevel::info, "\"info\""},
                                    {LogLevel::warning, "\"warning\""},
                                    {LogLevel::error, "\"error\""}}) {
    CHECK(printed("level", Log{.level = value}) == word);
  }
  CHECK(printed("format", Log{.format = LogFormat::text}) == "\"text\"");
  CHECK(printed("format", Log{.format = LogFormat::json}) == "\"json\"");
}

TEST_CASE("a range is written as its values are", "[key]") {
  CHECK(range_of(key_of("workers")) == "0 to 256");
  CHECK(range_of(key_of("high_water")) == "\"4KiB\" to \"64MiB\"");
  CHECK(range_of(key_of("busy_poll")) == "\"0s\" to \"1s\"");
  CHECK(range_of(key_of("at_limit")) == "\"wait\", \"refuse\"");
  CHECK(range_of(key_of("name")).empty());
  CHECK(range_of(key_of("allow")).empty());
}

TEST_CASE("every default is in its range", "[key]") {
  for (const Key& key : keys) {
    if (range_of(key).empty()) continue;
    INFO(key.name);
    const std::int64_t preset = std::get<std::int64_t>(key.preset());
    CHECK(preset % key.range.step == 0);
    CHECK(preset >= key.range.min);
    CHECK(preset <= (key.unit == Unit::choice ? std::int64_t(key.words.size()) : key.range.max));
  }
}
