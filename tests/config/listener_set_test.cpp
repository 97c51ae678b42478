#include "config/listener_set.hpp"

#include "config/print.hpp"
#include "tests/config/loading.hpp"

using config::address_error;
using config::address_key;
using config::Listener;

namespace {

Listener named(std::string name, std::string protocol) {
  return {.name = std::move(name), .protocol = std::move(protocol), .address = {}, .limits = {}};
}

}  // namespace

TEST_CASE("given names stay and missing ones are made around them", "[listener_set]") {
  std::vector<Listener> listeners{named("", "echo"), named("", "echo"), named("echo", "line"),
                                  named("echo-3", "line"), named("", "time")};
  config::name_unnamed(listeners);
  CHECK(listeners[0].name == "echo-2");
  CHECK(listeners[1].name == "echo-4");
  CHECK(listeners[2].name == "echo");
  CHECK(listeners[3].name == "echo-3");
  CHECK(listeners[4].name == "time");
}

TEST_CASE("addresses that clash have the same key", "[listener_set]") {
  CHECK(address_key("127.0.0.1:7007") == address_key("127.0.0.1:7007"));
  CHECK(address_key("Example.org:1") == address_key("example.ORG:1"));
  CHECK(address_key("[2001:DB8::0:1]:1") == address_key("[2001:db8::1]:1"));
  CHECK(address_key("127.0.0.1:1") != address_key("127.0.0.1:2"));
  CHECK(address_key("127.0.0.1:1") != address_key("127.0.0.2:1"));
  CHECK(address_key("[fe80::1%a]:1") != address_key("[fe80::1%b]:1"));
  CHECK(address_key("unix:/a") != address_key("unix:/A"));
  CHECK_FALSE(address_key("unix:/a").empty());
}

TEST_CASE("an address that cannot clash has no key", "[listener_set]") {
  CHECK(address_key("127.0.0.1:0").empty());
  CHECK(address_key("nonsense").empty());
}

TEST_CASE("a listener listens on an address, or on what systemd has bound", "[listener_set]") {
  for (const char* address : {"127.0.0.1:7", "[::1]:0", "unix:/run/x", "systemd"}) {
    INFO(address);
    CHECK(address_error(address).empty());
  }
  CHECK(address_error("systemd:1").empty());  // a host
}

TEST_CASE("systemd, misspelt, is suggested beside the addresses", "[listener_set]") {
  CHECK(address_error("sytemd") ==
        "\"sytemd\" has no port; write HOST:PORT, [IPV6]:PORT or unix:/PATH; or did you mean "
        "\"systemd\"?");
  CHECK(address_error("localhost") ==
        "\"localhost\" has no port; write HOST:PORT, [IPV6]:PORT or unix:/PATH");
}

TEST_CASE("several listeners may be systemd's, and are printed as they were read",
          "[listener_set]") {
  const config::Loaded loaded = config::load_text(
      "[[listener]]\nprotocol = \"echo\"\naddress = \"systemd\"\n"
      "[[listener]]\nprotocol = \"line\"\naddress = \"systemd\"\n",
      "f", config::protocols);
  REQUIRE(loaded);
  CHECK(loaded.config->listeners[0].address == "systemd");
  CHECK(loaded.config->listeners[1].address == "systemd");
  const config::Loaded again =
      config::load_text(config::to_toml(*loaded.config, config::protocols), "f", config::protocols);
  REQUIRE(again);
  CHECK(*again.config == *loaded.config);
}
