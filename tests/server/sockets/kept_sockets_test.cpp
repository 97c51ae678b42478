#include "server/sockets/kept_sockets.hpp"

#include "tests/catch.hpp"

namespace {

struct Given {
  const char* name;
  const char* address;
};

std::vector<config::Listener> listeners(std::initializer_list<Given> given) {
  std::vector<config::Listener> all;
  for (const Given& one : given) {
    config::Listener& listener = all.emplace_back();
    listener.name = one.name;
    listener.address = one.address;
  }
  return all;
}

using Kept = std::vector<std::optional<std::size_t>>;
constexpr std::nullopt_t bound = std::nullopt;

}  // namespace

TEST_CASE("a socket is kept by its address, in any order and however that is spelt",
          "[kept_sockets]") {
  const auto present = listeners({{"a", "127.0.0.1:7"}, {"b", "[::1]:7"}, {"c", "unix:/c"}});
  const auto wanted =
      listeners({{"x", "unix:/c"}, {"y", "[0::1]:7"}, {"z", "127.0.0.1:8"}, {"a", "127.0.0.1:7"}});
  CHECK(server::sockets::kept_sockets(present, wanted) == Kept{2, 1, bound, 0});
}

TEST_CASE("where the address does not tell, the name has to be the same too", "[kept_sockets]") {
  const auto present =
      listeners({{"a", "127.0.0.1:0"}, {"b", "127.0.0.1:0"}, {"c", "systemd"}, {"d", "systemd"}});
  const auto wanted = listeners({{"b", "127.0.0.1:0"},
                                 {"a", "[::1]:0"},
                                 {"d", "systemd"},
                                 {"e", "127.0.0.1:0"},
                                 {"c", "127.0.0.1:0"}});
  CHECK(server::sockets::kept_sockets(present, wanted) == Kept{1, bound, 3, bound, bound});
}

TEST_CASE("nothing is kept of nothing", "[kept_sockets]") {
  CHECK(server::sockets::kept_sockets({}, listeners({{"a", "127.0.0.1:7"}})) == Kept{bound});
  CHECK(server::sockets::kept_sockets(listeners({{"a", "127.0.0.1:7"}}), {}).empty());
}
