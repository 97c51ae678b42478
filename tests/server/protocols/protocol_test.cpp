#include "server/protocols/protocol.hpp"

#include "tests/catch.hpp"

using namespace server::protocols;

TEST_CASE("a protocol is given what was configured for its own keys", "[protocol]") {
  const config::OptionValues values{{"max_line", 100}, {"of_another", 1}};
  CHECK(options_for(*find_protocol("line"), values).max_line == 100);
  CHECK(options_for(*find_protocol("line"), {}).max_line == Options{}.max_line);
  CHECK(options_for(*find_protocol("echo"), values).max_line == Options{}.max_line);
}

TEST_CASE("the line protocol's reader takes the longest line and its carriage return") {
  Options options;
  options.max_line = 100;
  CHECK(find_protocol("line")->reader_limit(options) == 101);
}

TEST_CASE("the configuration is handed the row of each protocol", "[protocol]") {
  REQUIRE(for_config.size() == protocols.size());
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    CHECK(for_config[i].name == protocols[i].name);
    CHECK(find_protocol(for_config[i].name) == &protocols[i]);
  }
}
