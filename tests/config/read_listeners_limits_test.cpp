#include "config/read_listeners.hpp"
#include "tests/config/loading.hpp"

using namespace config;
using namespace std::chrono_literals;

TEST_CASE("every limit can be set", "[limits]") {
  const Config config = good(R"([limits]
max_connections = 5
at_limit = "refuse"
idle_timeout = "30s"
first_byte_timeout = "5s"
line_timeout = "6s"
drain_timeout = "7s"
max_session_time = "1h"
close_timeout = "500ms"
min_close_rate = "1KiB"
receive_rate = "10KiB"
send_rate = "100MiB"
max_line = "1KiB"
high_water = "128KiB"
low_water = "0B"
max_memory = "16MiB"
)");
  CHECK(config.budget.max_memory == 16 * 1024 * 1024);
  const Limits& limits = config.limits;
  CHECK(limits.max_connections == 5);
  CHECK(limits.at_limit == AtLimit::refuse);
  CHECK(limits.idle_timeout == 30s);
  CHECK(limits.first_byte_timeout == 5s);
  CHECK(limits.line_timeout == 6s);
  CHECK(limits.drain_timeout == 7s);
  CHECK(limits.max_session_time == 1h);
  CHECK(limits.close_timeout == 500ms);
  CHECK(limits.min_close_rate == 1024);
  CHECK(limits.receive_rate == 10 * 1024);
  CHECK(limits.send_rate == 100 * 1024 * 1024);
  CHECK(max_line(config.options) == 1024);
  CHECK(limits.high_water == 128 * 1024);
  CHECK(limits.low_water == 0);
}

TEST_CASE("a limit is taken at both ends of its range and refused beyond", "[limits]") {
  for (std::string line : {"max_connections = 1",
                           "max_connections = 1000000",
                           "idle_timeout = '0'",
                           "idle_timeout = '8760h'",
                           "close_timeout = '0s'",
                           "close_timeout = '1h'",
                           "first_byte_timeout = '0'",
                           "first_byte_timeout = '8760h'",
                           "line_timeout = '0'",
                           "line_timeout = '8760h'",
                           "drain_timeout = '0'",
                           "drain_timeout = '8760h'",
                           "max_session_time = '0'",
                           "max_session_time = '8760h'",
                           "min_close_rate = '0B'",
                           "min_close_rate = '64MiB'",
                           "receive_rate = '0B'",
                           "receive_rate = '1024GiB'",
                           "send_rate = '0B'",
                           "send_rate = '1024GiB'",
                           "max_memory = '0B'",
                           "max_memory = '1MiB'",
                           "max_memory = '1024GiB'",
                           "max_line = '64B'",
                           "max_line = '1MiB'",
                           "high_water = '64MiB'",
                           "high_water = '4KiB'\nlow_water = '4KiB'"}) {
    INFO(line);
    CHECK(errors_of("[limits]\n" + line).empty());
  }
  const std::string head = "[limits]\n";
  check_each({
      {head + "max_connections = 0", "f:2:19: 'max_connections' is 0; allowed is 1 to 1000000"},
      {head + "max_connections = 1000001",
       "f:2:19: 'max_connections' is 1000001; allowed is 1 to 1000000"},
      {head + "idle_timeout = '8761h'",
       "f:2:16: 'idle_timeout' is \"8761h\"; allowed is \"0s\" to \"8760h\""},
      {head + "idle_timeout = '50us'",
       "f:2:16: 'idle_timeout' is \"50us\"; allowed are multiples of \"1ms\""},
      {head + "first_byte_timeout = '8761h'",
       "f:2:22: 'first_byte_timeout' is \"8761h\"; allowed is \"0s\" to \"8760h\""},
      {head + "line_timeout = '8761h'",
       "f:2:16: 'line_timeout' is \"8761h\"; allowed is \"0s\" to \"8760h\""},
      {head + "drain_timeout = '8761h'",
       "f:2:17: 'drain_timeout' is \"8761h\"; allowed is \"0s\" to \"8760h\""},
      {head + "max_session_time = '8761h'",
       "f:2:20: 'max_session_time' is \"8761h\"; allowed is \"0s\" to \"8760h\""},
      {head + "min_close_rate = '65MiB'",
       "f:2:18: 'min_close_rate' is \"65MiB\"; allowed is \"0B\" to \"64MiB\""},
      {head + "receive_rate = '1025GiB'",
       "f:2:16: 'receive_rate' is \"1025GiB\"; allowed is \"0B\" to \"1024GiB\""},
      {head + "send_rate = '1025GiB'",
       "f:2:13: 'send_rate' is \"1025GiB\"; allowed is \"0B\" to \"1024GiB\""},
      {head + "max_memory = '1025GiB'",
       "f:2:14: 'max_memory' is \"1025GiB\"; allowed is \"0B\" to \"1024GiB\""},
      {head + "max_memory = '1023KiB'",
       "f:2:14: 'max_memory' is \"1023KiB\"; allowed is \"0B\", or at least \"1MiB\""},
      {"[[listener]]\nprotocol = 'echo'\naddress = 'localhost:0'\nmax_memory = '1MiB'",
       "f:4:1: unknown key 'max_memory' in [[listener]]; it belongs in [limits]"},
      {head + "max_line = '63B'", "f:2:12: 'max_line' is \"63B\"; allowed is \"64B\" to \"1MiB\""},
      {head + "max_line = '1048577'",
       "f:2:12: 'max_line' is \"1048577\"; allowed is \"64B\" to \"1MiB\""},
      {head + "low_water = '1KiB'\nhigh_water = '4095B'",
       "f:3:14: 'high_water' is \"4095B\"; allowed is \"4KiB\" to \"64MiB\""},
      {head + "high_water = '65MiB'",
       "f:2:14: 'high_water' is \"65MiB\"; allowed is \"4KiB\" to \"64MiB\""},
      {head + "low_water = '65MiB'",
       "f:2:13: 'low_water' is \"65MiB\"; allowed is \"0B\" to \"64MiB\""},
  });
}

TEST_CASE("a size given as an integer is refused with the string to write", "[limits]") {
  check_each({
      {"[limits]\nmax_line = 8192",
       "f:2:12: 'max_line' expects a size, found an integer; write \"8192B\" or \"8KiB\""},
      {"[limits]\nhigh_water = 70000",
       "f:2:14: 'high_water' expects a size, found an integer; write \"70000B\""},
      {"[limits]\nlow_water = -1",
       "f:2:13: 'low_water' expects a size, found an integer; write it as in \"64KiB\""},
      {"[limits]\nmax_line = 8.5",
       "f:2:12: 'max_line' expects a size, found a number with a fraction; write it as in "
       "\"64KiB\""},
      {"[limits]\nmax_line = '8KB'",
       "f:2:12: 'max_line': \"8KB\" is not a size; write a whole number and one of B, KiB, MiB, "
       "GiB, as in \"64KiB\""},
  });
}

TEST_CASE("a low mark above the high one is an error at the key that made it so", "[limits]") {
  const std::string low =
      "'low_water' is \"128KiB\"; allowed is at most the 'high_water' that "
      "applies here, \"64KiB\"";
  const std::string high =
      "'high_water' is \"8KiB\"; allowed is at least the 'low_water' that "
      "applies here, \"16KiB\"";
  const std::string listener = "[[listener]]\nprotocol = 'echo'\naddress = 'localhost:0'\n";
  check_each({
      {"[limits]\nlow_water = '128KiB'", "f:2:13: " + low},
      {"[limits]\nhigh_water = '8KiB'", "f:2:14: " + high},
      {"[limits]\nhigh_water = '64KiB'\nlow_water = '128KiB'", "f:3:13: " + low},
      {"[limits]\nlow_water = '128KiB'\nhigh_water = '64KiB'", "f:2:13: " + low},
      {listener + "low_water = '128KiB'", "f:4:13: " + low},
      {listener + "high_water = '8KiB'", "f:4:14: " + high},
      {"[limits]\nhigh_water = '64MiB'\nlow_water = '1MiB'\n" + listener + "high_water = '64KiB'",
       "f:7:14: 'high_water' is \"64KiB\"; allowed is at least the 'low_water' that applies here, "
       "\"1MiB\""},
  });
}

TEST_CASE("an error in [limits] is not repeated for listeners that inherit it", "[limits]") {
  const std::string listener =
      "[[listener]]\nprotocol = 'echo'\naddress = 'localhost:0'\nlow_water = '32KiB'\n";
  CHECK(errors_of("[limits]\nhigh_water = '1B'\n" + listener).size() == 1);
  CHECK(errors_of("[limits]\nhigh_water = '8KiB'\n" + listener).size() == 1);
  // With both marks of its own a listener is judged by itself.
  CHECK(errors_of("[limits]\nhigh_water = '1B'\n" + listener + "high_water = '16KiB'\n").size() ==
        2);
}
