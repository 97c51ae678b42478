#include "config/own_listeners.hpp"

#include "config/listener_set.hpp"
#include "config/print.hpp"
#include "tests/config/loading.hpp"

using namespace config;

TEST_CASE("a table of the daemon's own is read, and off without an address", "[own]") {
  const Config config = good(R"([admin]
address = "unix:/run/admin"
mode = "0660"
group = "staff"
max_connections = 3
)");
  CHECK(config.admin.address == "unix:/run/admin");
  CHECK(config.admin.mode == "0660");
  CHECK(config.admin.group == "staff");
  CHECK(config.admin.max_connections == 3);
  CHECK(config.metrics == Metrics{});
  CHECK(good("").admin.address.empty());
}

TEST_CASE("what is wrong with such a table is told with its place", "[own]") {
  check_each({
      {"[admin]\naddress = \"7010\"\n", "f:2:11: 'address': " + address_error("7010")},
      {"[admin]\nmax_connections = 65\n", "f:2:19: 'max_connections' is 65; allowed is 1 to 64"},
      {"[admin]\naddress = \"127.0.0.1:1\"\nmode = \"0660\"\n",
       "f:3:8: 'mode' applies to unix: sockets only; this is \"127.0.0.1:1\""},
      {"[admin]\nmode = \"8\"\n",
       "f:2:8: 'mode' is \"8\"; allowed are \"0000\" to \"0777\", octal"},
      {"[admin]\nbacklog = 1\n",
       "f:2:1: unknown key 'backlog' in [admin]; it belongs in a [[listener]]"},
      {"[admin]\nadress = \"\"\n",
       "f:2:1: unknown key 'adress' in [admin]; did you mean 'address'?"},
      {"[metrics]\naddress = \"127.0.0.1:1\"\n", "f:2:11: 'address': this program has no metrics"},
      {"[[listener]]\nprotocol = \"admin\"\naddress = \"127.0.0.1:1\"\n",
       "f:2:12: admin has a table of its own: write [admin]"},
  });
}

TEST_CASE("clients' deadlines are not for who administers the daemon", "[own]") {
  Config config = good(
      "admin.address = 'unix:/run/admin'\n[limits]\nfirst_byte_timeout = '1s'\n"
      "line_timeout = '1s'\nidle_timeout = '1s'\nmax_session_time = '1s'\ndrain_timeout = '1s'\n");
  CHECK(add_own_listeners(config, protocols).empty());
  const Limits& admin = config.listeners.back().limits;
  CHECK(admin.first_byte_timeout.count() == 0);
  CHECK(admin.line_timeout.count() == 0);
  CHECK(admin.idle_timeout.count() == 0);
  CHECK(admin.max_session_time.count() == 0);
  CHECK(admin.drain_timeout.count() == 1000);
}

TEST_CASE("a listener of the daemon's own stands behind the others, in its own bounds", "[own]") {
  Config config = good("limits.max_connections = 2\nadmin.address = \"unix:/run/admin\"\n");
  CHECK(add_own_listeners(config, protocols).empty());
  REQUIRE(config.listeners.size() == 3);
  const Listener& admin = config.listeners.back();
  CHECK(admin.name == "admin");
  CHECK(admin.protocol == "admin");
  CHECK(admin.address == "unix:/run/admin");
  CHECK(admin.limits.max_connections == 8);
  CHECK(admin.limits.at_limit == AtLimit::refuse);
  CHECK(admin.limits.idle_timeout.count() == 0);
  CHECK(admin.options == config.options);
  // Printed as its table, not as a listener.
  CHECK(good(to_toml(config, protocols)).listeners.size() == 2);
  CHECK(good(to_toml(config, protocols)).admin == config.admin);

  Config without = good("");
  CHECK(add_own_listeners(without, protocols).empty());
  CHECK(without == good(""));
}

TEST_CASE("a scraper that is idle keeps its place for a minute, or for less", "[own]") {
  using namespace std::chrono_literals;
  constexpr std::array<Protocol, 1> own{{{"metrics", "", {}, true}}};
  const auto idle_timeout = [&own](std::chrono::milliseconds of_all) {
    Config config;
    config.metrics.address = "127.0.0.1:9177";
    config.limits.idle_timeout = of_all;
    CHECK(add_own_listeners(config, own).empty());
    return config.listeners.back().limits.idle_timeout;
  };
  CHECK(idle_timeout(10min) == 1min);
  CHECK(idle_timeout(0ms) == 1min);
  CHECK(idle_timeout(30s) == 30s);
}

TEST_CASE("a listener that is called admin already keeps its name", "[own]") {
  Config config = good(R"([[listener]]
name = "admin"
protocol = "echo"
address = "127.0.0.1:7007"
[admin]
address = "127.0.0.1:7010"
)");
  CHECK(add_own_listeners(config, protocols).empty());
  REQUIRE(config.listeners.size() == 2);
  CHECK(config.listeners[0].name == "admin");
  CHECK(config.listeners[1].name == "admin-2");
}

TEST_CASE("an own address that a listener has is refused, with both named", "[own]") {
  Config config = good("admin.address = \"0.0.0.0:7008\"\n");
  CHECK(add_own_listeners(config, protocols) ==
        std::vector<std::string>{
            "the address \"0.0.0.0:7008\" of the listener \"admin\" is taken by the listener "
            "\"line\", which has \"127.0.0.1:7008\"; addresses must differ"});
  CHECK(config.listeners.size() == 2);
}

TEST_CASE("an address is reachable from outside unless it is a path or of loopback", "[own]") {
  for (const char* const address : {"0.0.0.0:1", "[::]:1", "192.0.2.1:1", "example.org:1"}) {
    INFO(address);
    CHECK(is_reachable_from_outside(address));
  }
  for (const char* const address :
       {"unix:/run/admin", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "systemd"}) {
    INFO(address);
    CHECK_FALSE(is_reachable_from_outside(address));
  }
}
