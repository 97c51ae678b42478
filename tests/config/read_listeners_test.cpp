#include "config/read_listeners.hpp"

#include "tests/config/loading.hpp"

using namespace config;
using namespace std::chrono_literals;

namespace {

// A listener's three lines.
std::string listener(std::string protocol, std::string address) {
  return "[[listener]]\nprotocol = '" + protocol + "'\naddress = '" + address + "'\n";
}

std::vector<std::string> names(const Config& config) {
  std::vector<std::string> out;
  for (const Listener& one : config.listeners) out.push_back(one.name);
  return out;
}

}  // namespace

TEST_CASE("a listener starts from [limits] and overrides what it sets", "[listeners]") {
  const Config config = good(R"(
[[listener]]
name = "front"
protocol = "line"
address = "[::1]:0"
backlog = 128
max_connections = 7
at_limit = "wait"
idle_timeout = "5s"
max_line = "64B"
high_water = "8KiB"
low_water = "4KiB"

[[listener]]
protocol = "discard"
address = "unix:/run/echoline/discard"

[limits]
max_connections = 50
at_limit = "refuse"
)");
  REQUIRE(config.listeners.size() == 2);
  const Listener& front = config.listeners[0];
  CHECK(front.name == "front");
  CHECK(front.protocol == "line");
  CHECK(front.address == "[::1]:0");
  CHECK(front.backlog == 128);
  CHECK(front.limits == Limits{.max_connections = 7,
                               .at_limit = AtLimit::wait,
                               .idle_timeout = 5s,
                               .first_byte_timeout = 0s,
                               .line_timeout = 0s,
                               .drain_timeout = 0s,
                               .max_session_time = 0s,
                               .close_timeout = 5s,
                               .min_close_rate = 0,
                               .receive_rate = 0,
                               .send_rate = 0,
                               .high_water = 8192,
                               .low_water = 4096});
  CHECK(max_line(front.options) == 64);
  CHECK(config.listeners[1].name == "discard");
  CHECK(config.listeners[1].backlog == 4096);
  CHECK(config.listeners[1].limits == config.limits);
  CHECK(max_line(config.listeners[1].options) == 8192);
  CHECK(config.limits.max_connections == 50);
}

TEST_CASE("a protocol's own key may stand in [limits] for all, and in any listener",
          "[listeners]") {
  const Config config = good("[limits]\nmax_line = '100B'\n" + listener("line", "localhost:0") +
                             listener("echo", "localhost:0") + "max_line = '1KiB'\n");
  CHECK(max_line(config.options) == 100);
  CHECK(max_line(config.listeners[0].options) == 100);
  CHECK(max_line(config.listeners[1].options) == 1024);
  check_each({{listener("echo", "localhost:0") + "max_line = '1B'",
               "f:4:12: 'max_line' is \"1B\"; allowed is \"64B\" to \"1MiB\""}});
}

TEST_CASE("a file without a listener has the default ones under its own limits", "[listeners]") {
  const Config config = good("[limits]\nmax_connections = 3\nmax_line = '100B'\n");
  REQUIRE(names(config) == std::vector<std::string>{"echo", "line"});
  CHECK(config.listeners[0].limits.max_connections == 3);
  CHECK(config.listeners[1].limits.max_connections == 3);
  CHECK(max_line(config.listeners[1].options) == 100);
}

TEST_CASE("listeners without a name are numbered after their protocol", "[listeners]") {
  const std::string echo = listener("echo", "localhost:0");
  CHECK(names(good(echo + echo + listener("line", "localhost:0") + echo)) ==
        std::vector<std::string>{"echo", "echo-2", "line", "echo-3"});
  CHECK(names(good(echo + echo + echo + "name = 'echo-2'\n")) ==
        std::vector<std::string>{"echo", "echo-3", "echo-2"});
}

TEST_CASE("what is wrong with a listener is said where it stands", "[listeners]") {
  const std::string start = listener("echo", "localhost:0");
  const std::string all = "\"echo\", \"line\", \"discard\"";
  check_each({
      {"[[listener]]\naddress = 'localhost:0'",
       "f:1:1: this [[listener]] has no 'protocol'; allowed are " + all},
      {start + "\n[[listener]]\nprotocol = 'echo'",
       "f:5:1: this [[listener]] has no 'address'; write HOST:PORT, [IPV6]:PORT, unix:/PATH or "
       "systemd"},
      {listener("ehco", "localhost:0"),
       "f:2:12: unknown protocol \"ehco\"; did you mean \"echo\"?"},
      {listener("http", "localhost:0"), "f:2:12: unknown protocol \"http\"; allowed are " + all},
      {listener("echo", "localhost"),
       "f:3:11: 'address': \"localhost\" has no port; write HOST:PORT, [IPV6]:PORT or unix:/PATH"},
      {"[[listener]]\nprotocol = 'echo'\naddress = 7007",
       "f:3:11: 'address' expects a string, found an integer"},
      {start + "backlog = 0", "f:4:11: 'backlog' is 0; allowed is 1 to 65535"},
      {start + "backlog = 65536", "f:4:11: 'backlog' is 65536; allowed is 1 to 65535"},
      {start + "name = ''",
       "f:4:8: 'name' is empty; write a name, or leave it out for the protocol's"},
      {start + "name = \"a\\nb\"",
       "f:4:8: 'name' has a control character in it; allowed is printable text"},
      {start + "adress = 'localhost:1'",
       "f:4:1: unknown key 'adress' in [[listener]]; did you mean 'address'?"},
      {start + "idle_timout = '1s'",
       "f:4:1: unknown key 'idle_timout' in [[listener]]; did you mean 'idle_timeout'?"},
      {start + "workers = 2",
       "f:4:1: unknown key 'workers' in [[listener]]; it belongs at the top level, before the "
       "first table"},
      {start + "colour = 2",
       "f:4:1: unknown key 'colour' in [[listener]]; allowed are 'name', 'protocol', 'address', "
       "'backlog', 'ipv6_only', 'mode', 'group', 'log_sessions', 'proxy', 'proxy_timeout', "
       "'keep_ended', 'faults', 'fault_plan', 'fault_sources', 'fault_seed', 'fault_in_band', "
       "'fault_max_time', "
       "'fault_max_bytes', "
       "'max_connections', 'at_limit', "
       "'idle_timeout', 'first_byte_timeout', 'line_timeout', 'drain_timeout', 'max_session_time', "
       "'close_timeout', 'min_close_rate', 'receive_rate', 'send_rate', 'high_water', 'low_water', "
       "'max_line', 'allow', 'deny', "
       "'max_per_source', 'source_prefix', 'connect_rate_per_source', 'connect_burst_per_source', "
       "'connect_rate', 'connect_burst', 'keepalive', 'user_timeout', 'rcvbuf', 'sndbuf', "
       "'dscp', 'mss', 'nodelay', 'device'"},
      {start + "max_connections = 10001",
       "f:4:19: 'max_connections' is 10001; allowed is at most the whole server's in [limits], "
       "10000"},
      {"[listener]\nprotocol = 'echo'",
       "f:1:1: 'listener' expects an array of tables, found a table; write [[listener]] with two "
       "brackets"},
      {"listener = ['echo']",
       "f:1:13: 'listener' expects tables, found a string; write [[listener]]"},
      {"listener = []",
       "f:1:12: 'listener' is empty; write a [[listener]], or leave it out for the default ones"},
  });
}

TEST_CASE("two listeners cannot share a name", "[listeners]") {
  const std::string one = listener("echo", "localhost:0") + "name = 'front'\n";
  check_each({{one + "\n" + one,
               "f:9:8: the name \"front\" is taken by the listener at line 4; names must differ"}});
}

TEST_CASE("two listeners cannot share an address, however it is spelt", "[listeners]") {
  struct Pair {
    std::string first;
    std::string second;
  };
  for (const auto& [first, second] :
       {Pair{"127.0.0.1:7007", "127.0.0.1:7007"}, Pair{"localhost:1", "LOCALHOST:1"},
        Pair{"[::1]:1", "[0:0:0::1]:1"}, Pair{"unix:/run/a", "unix:/run/a"},
        Pair{"0.0.0.0:7", "127.0.0.1:7"}, Pair{"[::]:7", "0.0.0.0:7"},
        Pair{"unix:/run/a", "unix:/run/./a"}}) {
    INFO(first << " " << second);
    CHECK(errors_of(listener("echo", first) + listener("line", second)) ==
          std::vector<std::string>{"f:6:11: the address \"" + second +
                                   "\" of the listener \"line\" is taken by the listener "
                                   "\"echo\" at line 3, which has \"" +
                                   first + "\"; addresses must differ"});
  }
}

TEST_CASE("listeners may share a host, or a port on different hosts, or port 0", "[listeners]") {
  CHECK(errors_of(listener("echo", "127.0.0.1:7") + listener("line", "127.0.0.1:8") +
                  listener("line", "127.0.0.2:7") + listener("line", "127.0.0.1:0") +
                  listener("line", "127.0.0.1:0") + listener("line", "[::1]:7") +
                  listener("line", "unix:/A") + listener("line", "unix:/a"))
            .empty());
}

TEST_CASE("all that is wrong with all listeners is reported", "[listeners]") {
  CHECK(errors_of("[[listener]]\n[[listener]]\nbacklog = 0\nmax_line = '1B'\nfoo = 1\n").size() ==
        7);
}

TEST_CASE("ipv6_only is a boolean, or left to the address", "[listeners]") {
  const auto read = [](const std::string& value) {
    return config::load_text(listener("echo", "[::]:7") + "ipv6_only = " + value, "f", protocols);
  };
  CHECK(read("true").config->listeners.at(0).ipv6_only == Ipv6Only::yes);
  CHECK(read("false").config->listeners.at(0).ipv6_only == Ipv6Only::no);
  CHECK(read("'auto'").config->listeners.at(0).ipv6_only == Ipv6Only::automatic);
  for (const char* value : {"1", "'true'"}) {
    const Loaded loaded = read(value);
    REQUIRE(loaded.errors.size() == 1);
    CHECK(loaded.errors[0].what.starts_with("'ipv6_only' expects a boolean, found a"));
    CHECK(loaded.errors[0].what.ends_with("; allowed are \"auto\", false, true"));
  }
  CHECK(errors_of(listener("echo", "[::]:7") + "ipv6_only = 'no'\n").size() == 1);
}

TEST_CASE("with ipv6_only every interface of IPv4 has another listener", "[listeners]") {
  const std::string ipv4 = listener("line", "0.0.0.0:7");
  CHECK(errors_of(listener("echo", "[::]:7") + "ipv6_only = true\n" + ipv4).empty());
  CHECK(errors_of(listener("echo", "[::]:7") + "ipv6_only = false\n" + ipv4).size() == 1);
}

TEST_CASE("mode and group are of unix: sockets, ipv6_only is of the others", "[listeners]") {
  const std::string path = listener("echo", "unix:/run/echoline/s");
  for (const char* mode : {"0660", "660", "0777", "000", ""}) {
    INFO(mode);
    CHECK(errors_of(path + "mode = '" + mode + "'\ngroup = 'adm'\n").empty());
  }
  for (const char* mode : {"0880", "66", "1777", "07777", "rw", "0o660", "-660"}) {
    INFO(mode);
    CHECK(errors_of(path + "mode = '" + mode + "'\n") ==
          std::vector<std::string>{"f:4:8: 'mode' is \"" + std::string(mode) +
                                   "\"; allowed are \"0000\" to \"0777\", octal"});
  }
  CHECK(errors_of(listener("echo", "127.0.0.1:7") + "mode = '0660'\ngroup = 'adm'\n") ==
        std::vector<std::string>{
            "f:4:8: 'mode' applies to unix: sockets only; this is \"127.0.0.1:7\"",
            "f:5:9: 'group' applies to unix: sockets only; this is \"127.0.0.1:7\""});
  CHECK(
      errors_of(path + "ipv6_only = true\n") ==
      std::vector<std::string>{
          "f:4:13: 'ipv6_only' applies to a host and port only; this is \"unix:/run/echoline/s\""});
}

TEST_CASE("a listener logs the sessions that [log] says, or those that it says itself",
          "[read_listeners]") {
  const config::Config config = config::good(R"([log]
sessions = "failed"
[[listener]]
protocol = "echo"
address = "localhost:1"
[[listener]]
name = "own"
protocol = "echo"
address = "localhost:2"
log_sessions = "none"
)");
  CHECK(config.listeners[0].log_sessions == config::LogSessions::failed);
  CHECK(config.listeners[1].log_sessions == config::LogSessions::none);
}

TEST_CASE("a listener may be behind proxies", "[listeners]") {
  const Config config = good(R"([[listener]]
protocol = "echo"
address = "localhost:1"
[[listener]]
name = "behind"
protocol = "echo"
address = "unix:/tmp/behind"
proxy = ["10.0.0.0/8", "127.0.0.1"]
proxy_timeout = "250ms"
)");
  CHECK(config.listeners[0].proxy.empty());
  CHECK(config.listeners[0].proxy_timeout == 5s);
  CHECK(config.listeners[1].proxy.networks().size() == 2);
  CHECK(config.listeners[1].proxy_timeout == 250ms);
}

TEST_CASE("proxies are networks, and their header has a time", "[listeners]") {
  const std::string start = "[[listener]]\nprotocol = 'echo'\naddress = 'localhost:1'\n";
  using Errors = std::vector<std::string>;
  CHECK(errors_of(start + "proxy = '127.0.0.1'") ==
        Errors{"f:4:9: 'proxy' expects an array of networks, found a string; write "
               "[\"127.0.0.1\"]"});
  CHECK(errors_of(start + "proxy = ['haproxy']").size() == 1);
  for (const std::string time : {"0s", "61m"}) {
    CHECK(errors_of(start + "proxy_timeout = '" + time + "'") ==
          Errors{"f:4:17: 'proxy_timeout' is \"" + time + "\"; allowed is \"1ms\" to \"1h\""});
  }
}
