#include "config/print.hpp"

#include "tests/config/loading.hpp"

using namespace config;
using namespace std::chrono_literals;

namespace {

Config with(std::vector<Listener> listeners) {
  Config config = defaults(protocols);
  for (Listener& listener : listeners) listener.options = config.options;
  config.listeners = std::move(listeners);
  return config;
}

text::NetworkSet networks(std::initializer_list<std::string_view> written) {
  std::vector<text::Network> all;
  for (const std::string_view one : written) all.push_back(text::parse_network(one).value);
  return text::NetworkSet(std::move(all));
}

Listener echo(std::string name, std::string address) {
  return {.name = std::move(name), .protocol = "echo", .address = std::move(address), .limits = {}};
}

}  // namespace

TEST_CASE("the defaults are printed as a person would write them", "[print]") {
  CHECK(to_toml(defaults(protocols), protocols) == R"(workers = 0
shutdown_grace = "10s"
busy_poll = "0s"
slow_callback = "0s"

[limits]
max_connections = 10000
at_limit = "wait"
idle_timeout = "10m"
first_byte_timeout = "0s"
line_timeout = "0s"
drain_timeout = "0s"
max_session_time = "0s"
close_timeout = "5s"
min_close_rate = "0B"
receive_rate = "0B"
send_rate = "0B"
high_water = "64KiB"
low_water = "16KiB"
max_line = "8KiB"
max_memory = "0B"

[access]
allow = []
deny = []
max_per_source = 0
source_prefix = 64
connect_rate_per_source = 0
connect_burst_per_source = 10
connect_rate = 0
connect_burst = 10

[tcp]
keepalive = "0s"
user_timeout = "0s"
rcvbuf = "0B"
sndbuf = "0B"
dscp = "cs0"
mss = 0
nodelay = true
device = ""

[log]
level = "info"
format = "text"
sessions = "all"

[admin]
max_connections = 8

[metrics]
max_connections = 8

[[listener]]
name = "echo"
protocol = "echo"
address = "127.0.0.1:7007"
backlog = 4096

[[listener]]
name = "line"
protocol = "line"
address = "127.0.0.1:7008"
backlog = 4096
)");
}

TEST_CASE("a listener's limits are printed only where they differ", "[print]") {
  Config config = with({echo("a", "localhost:0")});
  config.options["max_line"] = 100;
  config.limits.high_water = 8192;
  config.listeners[0].limits = config.limits;
  config.listeners[0].limits.idle_timeout = 0s;
  config.listeners[0].limits.close_timeout = 250ms;
  config.listeners[0].limits.low_water = 1;
  const std::string text = to_toml(config, protocols);
  CHECK(text.substr(text.find("[[listener]]")) == R"([[listener]]
name = "a"
protocol = "echo"
address = "localhost:0"
backlog = 4096
idle_timeout = "0s"
close_timeout = "250ms"
low_water = "1B"
max_line = "8KiB"
)");
}

TEST_CASE("lists of networks are printed in the order of their addresses, long ones a line each",
          "[print]") {
  Config config = with({echo("a", "localhost:0")});
  config.access.deny = networks({"2001:db8::/32", "192.0.2.7", "10.0.0.0/8"});
  config.listeners[0].access = config.access;
  config.listeners[0].access.allow =
      networks({"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16"});
  const std::string text = to_toml(config, protocols);
  CHECK(text.find("\ndeny = [\"10.0.0.0/8\", \"192.0.2.7\", \"2001:db8::/32\"]\n") !=
        std::string::npos);
  CHECK(
      text.ends_with("\nbacklog = 4096\nallow = [\n  \"10.1.0.0/16\",\n  \"10.2.0.0/16\",\n"
                     "  \"10.3.0.0/16\",\n  \"10.4.0.0/16\",\n  \"10.5.0.0/16\",\n]\n"));
  CHECK(good(text) == config);
}

TEST_CASE("what is printed loads to an equal configuration", "[print]") {
  std::vector<Config> configs{defaults(protocols)};

  Config full = defaults(protocols);
  full.workers = 256;
  full.shutdown_grace = 1ms;
  full.busy_poll = 999'999us;
  full.slow_callback = 50ms;
  full.limits = {.max_connections = 1'000'000,
                 .at_limit = AtLimit::refuse,
                 .idle_timeout = 8760h,
                 .first_byte_timeout = 1ms,
                 .line_timeout = 2ms,
                 .drain_timeout = 3ms,
                 .max_session_time = 8760h,
                 .close_timeout = 1h,
                 .min_close_rate = 64 * 1024 * 1024,
                 .receive_rate = std::size_t{1} << 40,
                 .send_rate = 1,
                 .high_water = 64 * 1024 * 1024,
                 .low_water = 64 * 1024 * 1024};
  full.budget.max_memory = std::size_t{1} << 40;
  full.access = {.allow = networks({"192.0.2.0/24", "2001:db8::/32"}),
                 .deny = networks({"10.0.0.0/8", "10.1.2.3", "10.9.0.0/16", "::/0", "fe80::/10"}),
                 .max_per_source = 1,
                 .source_prefix = 128,
                 .connect_rate_per_source = 1'000'000,
                 .connect_burst_per_source = 1,
                 .connect_rate = 3,
                 .connect_burst = 1'000'000};
  full.log = {.level = LogLevel::error, .format = LogFormat::json, .sessions = LogSessions::failed};
  full.listeners[0].log_sessions = LogSessions::failed;
  full.listeners[1].log_sessions = LogSessions::all;
  full.listeners[0].proxy = networks({"10.0.0.0/8", "127.0.0.1"});
  full.listeners[0].proxy_timeout = 250ms;
  full.listeners[1].keep_ended = KeepEnded::yes;
  full.listeners[0].faults = {"reset at byte 4KiB of output", "drop 5B at byte 0 of input"};
  full.listeners[0].plan = faults::parse_plan(full.listeners[0].faults).plan;
  full.listeners[0].fault_sources = networks({"127.0.0.1"});
  full.listeners[0].fault_seed = 7;
  full.listeners[1].fault_sources = networks({"127.0.0.1", "::1"});
  full.listeners[1].fault_in_band = InBand::yes;
  full.listeners[0].fault_max_time = 1s;
  full.listeners[0].fault_max_bytes = 1;
  full.listeners[0].backlog = 1;
  full.options["max_line"] = 1024 * 1024;
  full.listeners[1].limits = full.limits;
  full.listeners[1].access = full.access;
  configs.push_back(full);

  configs.push_back(with({echo("quote \" backslash \\ hash # \xc3\xa9 \\u0041", "localhost:0"),
                          echo("'", "unix:/tab\t newline\n cr\r bell\x07 esc\x1b del\x7f end"),
                          echo("[[listener]]", "[fe80::1%eth0]:1")}));

  // Every combination of the enumerators, and amounts that are exact in no large unit.
  for (LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error}) {
    for (LogFormat format : {LogFormat::text, LogFormat::json}) {
      for (std::size_t n : {4096U, 4097U, 1'000'000U, 1'048'576U}) {
        Config config = defaults(protocols);
        config.log = {.level = level, .format = format};
        config.busy_poll = std::chrono::microseconds{n / 2};
        config.shutdown_grace = std::chrono::milliseconds{n};
        config.limits.high_water = n;
        config.limits.low_water = n - 1;
        config.options["max_line"] = static_cast<std::int64_t>(n);
        for (Listener& listener : config.listeners) listener.limits = config.limits;
        config.listeners[1].limits.high_water = n + 1;
        config.listeners[1].limits.at_limit = AtLimit::refuse;
        config.listeners[1].limits.max_connections = 1;
        configs.push_back(config);
      }
    }
  }

  for (const Config& config : configs) {
    const std::string text = to_toml(config, protocols);
    INFO(text);
    CHECK(good(text) == config);
  }
}

TEST_CASE("a configuration without listeners does not turn into the default ones", "[print]") {
  CHECK(errors_of(to_toml(with({}), protocols)).size() == 1);
}

TEST_CASE("what a listener leaves to its address or the process is printed where it is set",
          "[print]") {
  Config config = defaults(protocols);
  config.listeners[0].address = "[::]:7";
  config.listeners[0].ipv6_only = Ipv6Only::yes;
  config.listeners[1].address = "unix:/run/echoline/s";
  config.listeners[1].mode = "0660";
  config.listeners[1].group = "adm";
  const std::string text = to_toml(config, protocols);
  CHECK(text.find("\nbacklog = 4096\nipv6_only = true\n\n") != std::string::npos);
  CHECK(text.ends_with("\nbacklog = 4096\nmode = \"0660\"\ngroup = \"adm\"\n"));
  const Loaded again = load_text(text, "f", protocols);
  REQUIRE(again);
  CHECK(*again.config == config);
}
