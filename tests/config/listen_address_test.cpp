#include "config/listen_address.hpp"

#include "config/print.hpp"
#include "tests/config/loading.hpp"

using config::address_error;

TEST_CASE("a listener listens on an address, or on what systemd has bound", "[listen_address]") {
  for (const char* address : {"127.0.0.1:7", "[::1]:0", "unix:/run/x", "systemd"}) {
    INFO(address);
    CHECK(address_error(address).empty());
  }
  CHECK(address_error("systemd:1").empty());  // a host
}

TEST_CASE("systemd, misspelt, is suggested beside the addresses", "[listen_address]") {
  CHECK(address_error("sytemd") ==
        "\"sytemd\" has no port; write HOST:PORT, [IPV6]:PORT or unix:/PATH; or did you mean "
        "\"systemd\"?");
  CHECK(address_error("localhost") ==
        "\"localhost\" has no port; write HOST:PORT, [IPV6]:PORT or unix:/PATH");
}

TEST_CASE("several listeners may be systemd's, and are printed as they were read",
          "[listen_address]") {
  const config::Loaded loaded = config::load_text(
      "[[listener]]\nprotocol = \"echo\"\naddress = \"systemd\"\n"
      "[[listener]]\nprotocol = \"line\"\naddress = \"systemd\"\n",
      "f", config::protocols);
  REQUIRE(loaded);
  CHECK(loaded.config->listeners[0].address == "systemd");
  CHECK(loaded.config->listeners[1].address == "systemd");
  const config::Loaded again =
      config::load_text(config::to_toml(*loaded.config), "f", config::protocols);
  REQUIRE(again);
  CHECK(*again.config == *loaded.config);
}
