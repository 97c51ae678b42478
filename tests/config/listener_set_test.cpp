#include "config/listener_set.hpp"

#include <chrono>
#include <vector>

#include "config/print.hpp"
#include "tests/config/loading.hpp"

using config::address_error;
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

TEST_CASE("a listener listens on an address, or on what systemd has bound", "[listener_set]") {
  for (const char* address : {"127.0.0.1:7", "[::1]:0", "unix:/run/x", "systemd"}) {
    INFO(address);
    CHECK(address_error(address).empty());
  }
  CHECK(address_error("systemd:1").empty());  // a host
}

TEST_CASE("a link-local address has to say of which link it is", "[listener_set]") {
  CHECK(address_error("[fe80::1]:7") ==
        "a link-local address needs its interface, as in [fe80::1%eth0]:7007");
  CHECK(address_error("[fe80::1%eth0]:7").empty());
}

TEST_CASE("an address to which no connection comes is refused", "[listener_set]") {
  for (const char* const address : {"224.0.0.1:7", "[ff02::1%lo]:7", "[ff05::1]:7"}) {
    INFO(address);
    CHECK(address_error(address).starts_with(
        "no connection can be made to a multicast address; write"));
  }
  CHECK(address_error("255.255.255.255:7")
            .starts_with("no connection can be made to a broadcast address"));
}

TEST_CASE("thousands of listeners without a name have one in no time", "[listener_set]") {
  std::vector<config::Listener> listeners(20'000);
  for (config::Listener& listener : listeners) listener.protocol = "echo";
  const auto begin = std::chrono::steady_clock::now();
  config::name_unnamed(listeners);
  CHECK(listeners.back().name == "echo-20000");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
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
