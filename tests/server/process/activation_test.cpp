#include "server/process/activation.hpp"

#include "tests/catch.hpp"

using server::process::activation_mismatch;

namespace {

config::Listener listener(std::string name, std::string address) {
  config::Listener listener;
  listener.name = std::move(name);
  listener.protocol = "echo";
  listener.address = std::move(address);
  return listener;
}

}  // namespace

TEST_CASE("sockets match the listeners that expect them by name, in any order", "[activation]") {
  const std::vector<config::Listener> listeners{listener("a", "systemd"), listener("b", "[::1]:7"),
                                                listener("c", "systemd")};
  CHECK(activation_mismatch(listeners, std::vector<std::string>{"c", "a"}).empty());
  CHECK(activation_mismatch({}, {}).empty());
}

TEST_CASE("a listener without its socket names both sides and the remedy", "[activation]") {
  const std::vector<config::Listener> listeners{listener("a", "systemd"), listener("b", "systemd")};
  CHECK(activation_mismatch(listeners, {}) ==
        "listeners with the address \"systemd\": \"a\", \"b\"; sockets passed on by systemd: none; "
        "start the daemon through .socket units, or give these listeners addresses to bind");
  const std::string other = activation_mismatch(listeners, std::vector<std::string>{"a", "x"});
  CHECK(other.find("\"a\", \"b\"; sockets passed on by systemd: \"a\", \"x\"; ") !=
        std::string::npos);
  CHECK(other.find("FileDescriptorName=") != std::string::npos);
}

TEST_CASE("a socket that no listener wants is an error, however its name is spelt",
          "[activation]") {
  const std::vector<config::Listener> listeners{listener("a", "127.0.0.1:7")};
  const std::string error = activation_mismatch(listeners, std::vector<std::string>{"a\n"});
  CHECK(
      error.starts_with("listeners with the address \"systemd\": none; sockets passed on by "
                        "systemd: \"a?\"; each side must have the names of the other"));
}

TEST_CASE("two sockets of one name are an error", "[activation]") {
  const std::vector<config::Listener> listeners{listener("a", "systemd")};
  const std::string error = activation_mismatch(listeners, std::vector<std::string>{"a", "a"});
  CHECK(error.find("\"a\", \"a\"; two of these have one name") != std::string::npos);
}
