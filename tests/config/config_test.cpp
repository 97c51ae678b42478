#include "config/config.hpp"

#include "tests/catch.hpp"

TEST_CASE("without a file the server offers echo and the line protocol on loopback", "[config]") {
  const config::Config config;
  REQUIRE(config.listeners.size() == 2);
  CHECK(config.listeners[0].name == "echo");
  CHECK(config.listeners[0].protocol == "echo");
  CHECK(config.listeners[0].address == "127.0.0.1:7007");
  CHECK(config.listeners[1].name == "line");
  CHECK(config.listeners[1].protocol == "line");
  CHECK(config.listeners[1].address == "127.0.0.1:7008");
  for (const config::Listener& listener : config.listeners) {
    CHECK(listener.backlog == 4096);
    CHECK(listener.limits == config.limits);
  }
}
