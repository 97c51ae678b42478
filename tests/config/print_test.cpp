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
close_timeout = "5s"
high_water = "64KiB"
low_water = "16KiB"
max_line = "8KiB"

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
                 .close_timeout = 1h,
                 .high_water = 64 * 1024 * 1024,
                 .low_water = 64 * 1024 * 1024};
  full.log = {.level = LogLevel::error, .format = LogFormat::json, .sessions = LogSessions::failed};
  full.listeners[0].log_sessions = LogSessions::failed;
  full.listeners[1].log_sessions = LogSessions::all;
  full.listeners[0].backlog = 1;
  full.options["max_line"] = 1024 * 1024;
  full.listeners[1].limits = full.limits;
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
