#include "config/load.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/config/folder.hpp"
#include "tests/config/loading.hpp"

using namespace config;
using namespace std::chrono_literals;
using tests::Folder;

namespace {

std::string only_error(const Loaded& loaded) {
  CHECK_FALSE(loaded);
  REQUIRE(loaded.errors.size() == 1);
  return to_string(loaded.errors[0]);
}

}  // namespace

TEST_CASE("an empty text is the defaults", "[load]") {
  CHECK(good("") == defaults(protocols));
  CHECK(good("# nothing\n") == defaults(protocols));
  CHECK(good("\xef\xbb\xbf[limits]\r\n[log]\r\n") == defaults(protocols));
}

TEST_CASE("every key of the top level and of [log] is read", "[load]") {
  const Config config = good(R"(
workers = 4
shutdown_grace = "1500ms"
busy_poll = "50us"
slow_callback = "20ms"
log = { level = "warning", format = "json" }
limits.max_connections = 9
)");
  CHECK(config.workers == 4);
  CHECK(config.shutdown_grace == 1500ms);
  CHECK(config.busy_poll == 50us);
  CHECK(config.slow_callback == 20ms);
  CHECK(config.log == Log{.level = LogLevel::warning, .format = LogFormat::json});
  CHECK(config.limits.max_connections == 9);
}

TEST_CASE("each log level and format is known by its name", "[load]") {
  CHECK(good("log.level = 'debug'").log.level == LogLevel::debug);
  CHECK(good("log.level = 'info'").log.level == LogLevel::info);
  CHECK(good("log.level = 'error'").log.level == LogLevel::error);
  CHECK(good("log.format = 'text'").log.format == LogFormat::text);
}

TEST_CASE("a value out of its range is reported with the range", "[load]") {
  CHECK(good("workers = 256").workers == 256);
  CHECK(good("busy_poll = '1s'").busy_poll == 1s);
  CHECK(good("shutdown_grace = '0'").shutdown_grace == 0s);
  check_each({
      {"workers = 257", "f:1:11: 'workers' is 257; allowed is 0 to 256"},
      {"workers = -1", "f:1:11: 'workers' is -1; allowed is 0 to 256"},
      {"workers = 4294967296", "f:1:11: 'workers' is 4294967296; allowed is 0 to 256"},
      {"busy_poll = '1001ms'", "f:1:13: 'busy_poll' is \"1001ms\"; allowed is \"0s\" to \"1s\""},
      {"shutdown_grace = '8761h'",
       "f:1:18: 'shutdown_grace' is \"8761h\"; allowed is \"0s\" to \"8760h\""},
      {"shutdown_grace = '1us'",
       "f:1:18: 'shutdown_grace' is \"1us\"; allowed are multiples of \"1ms\""},
      {"shutdown_grace = '10'",
       "f:1:18: 'shutdown_grace': \"10\" has no unit; write a number and one of us, ms, s, "
       "m, h, as in \"250ms\" or \"1m30s\""},
      {"log.level = 'verbose'",
       "f:1:13: 'level' is \"verbose\"; allowed are \"debug\", \"info\", \"warning\", \"error\""},
      {"log.format = 'JSON'", "f:1:14: 'format' is \"JSON\"; allowed are \"text\", \"json\""},
      {"limits.at_limit = 'drop'",
       "f:1:19: 'at_limit' is \"drop\"; allowed are \"wait\", \"refuse\""},
  });
}

TEST_CASE("a value of the wrong type is reported with what is expected and found", "[load]") {
  check_each({
      {"workers = '4'", "f:1:11: 'workers' expects an integer, found a string"},
      {"workers = 4.0", "f:1:11: 'workers' expects an integer, found a number with a fraction"},
      {"workers = true", "f:1:11: 'workers' expects an integer, found a boolean"},
      {"workers = [4]", "f:1:11: 'workers' expects an integer, found an array"},
      {"workers = 07:30:00", "f:1:11: 'workers' expects an integer, found a date or time"},
      {"shutdown_grace = 10",
       "f:1:18: 'shutdown_grace' expects a duration, found an integer; write it with a unit, as "
       "in \"250ms\" or \"10s\""},
      {"log.level = 3", "f:1:13: 'level' expects a string, found an integer"},
      {"log = 'info'", "f:1:7: 'log' expects a table, found a string; write [log]"},
      {"[[limits]]", "f:1:1: 'limits' expects a table, found an array; write [limits]"},
      {"listener = 1",
       "f:1:12: 'listener' expects an array of tables, found an integer; write [[listener]] with "
       "two brackets"},
  });
}

TEST_CASE("an unknown key is reported with its nearest neighbour", "[load]") {
  check_each({
      {"worker = 1", "f:1:1: unknown key 'worker' at the top level; did you mean 'workers'?"},
      {"[limit]\n", "f:1:2: unknown key 'limit' at the top level; did you mean 'limits'?"},
      {"[[listeners]]\n",
       "f:1:3: unknown key 'listeners' at the top level; did you mean 'listener'?"},
      {"[limits]\nidle_timout = '1s'",
       "f:2:1: unknown key 'idle_timout' in [limits]; did you mean 'idle_timeout'?"},
      {"[log]\nlevle = 'info'", "f:2:1: unknown key 'levle' in [log]; did you mean 'level'?"},
  });
}

TEST_CASE("an unknown key without a neighbour is reported with all that are known", "[load]") {
  check_each({
      {"tls = true",
       "f:1:1: unknown key 'tls' at the top level; allowed are 'workers', 'shutdown_grace', "
       "'busy_poll', 'slow_callback', 'limits', 'access', 'tcp', 'log', 'admin', 'metrics', "
       "'listener'"},
      {"[log]\nfile = 'x'",
       "f:2:1: unknown key 'file' in [log]; allowed are 'level', 'format', 'sessions'"},
      {"\"a\\nb\" = 1",
       "f:1:1: unknown key 'a?b' at the top level; allowed are 'workers', 'shutdown_grace', "
       "'busy_poll', 'slow_callback', 'limits', 'access', 'tcp', 'log', 'admin', 'metrics', "
       "'listener'"},
  });
}

TEST_CASE("a known key in the wrong table is reported with the right one", "[load]") {
  check_each({
      {"max_line = '1KiB'",
       "f:1:1: unknown key 'max_line' at the top level; it belongs in [limits]"},
      {"[limits]\nlevel = 'info'", "f:2:1: unknown key 'level' in [limits]; it belongs in [log]"},
      {"[log]\nworkers = 2",
       "f:2:1: unknown key 'workers' in [log]; it belongs at the top level, before the first "
       "table"},
      {"address = 'localhost:0'",
       "f:1:1: unknown key 'address' at the top level; it belongs in a [[listener]]"},
      {"[log.limits]\n", "f:1:6: unknown key 'limits' in [log]; it belongs at the top level"},
  });
}

TEST_CASE("all errors of a file are reported, in its order", "[load]") {
  CHECK(errors_of(R"([log]
level = "loud"
colour = true
[limits]
max_line = 8192
[[listener]]
protocol = "ehco"
address = "localhost"
)") == std::vector<std::string>{
           "f:2:9: 'level' is \"loud\"; allowed are \"debug\", \"info\", \"warning\", "
           "\"error\"",
           "f:3:1: unknown key 'colour' in [log]; allowed are 'level', 'format', 'sessions'",
           "f:5:12: 'max_line' expects a size, found an integer; write \"8192B\" or "
           "\"8KiB\"",
           "f:7:12: unknown protocol \"ehco\"; did you mean \"echo\"?",
           "f:8:11: 'address': \"localhost\" has no port; write HOST:PORT, [IPV6]:PORT or "
           "unix:/PATH"});
}

TEST_CASE("text that is not TOML is reported in the same form", "[load]") {
  for (const auto& [text, place] : {std::pair{"workers = \n", "f:1:"},
                                    {"\n[limits\n", "f:2:"},
                                    {"workers = 1\nworkers = 2\n", "f:2:"},
                                    {"\xff", "f:1:"}}) {
    const std::vector<std::string> errors = errors_of(text);
    INFO(text);
    REQUIRE(errors.size() == 1);
    INFO(errors[0]);
    CHECK(errors[0].starts_with(place));
    CHECK(errors[0].size() > std::string{place}.size());
  }
}

TEST_CASE("a file is read and named in its errors", "[load]") {
  const Folder folder;
  const Loaded loaded = load_file(folder.file("a.toml", "workers = 3\n"), protocols);
  REQUIRE(loaded);
  CHECK(loaded.config->workers == 3);
  const std::string bad = folder.file("b.toml", "workers = 'x'\n");
  CHECK(only_error(load_file(bad, protocols)) ==
        bad + ":1:11: 'workers' expects an integer, found a string");
}

TEST_CASE("a file that cannot be read is one error with the reason and what to do", "[load]") {
  const Folder folder;
  CHECK(only_error(load_file(folder.path() + "/none.toml", protocols)) ==
        folder.path() +
            "/none.toml: cannot read this file: No such file or directory; give the path of an "
            "existing file, or none for the defaults");
  CHECK(only_error(load_file(folder.path(), protocols)) ==
        folder.path() + ": cannot read this file: Is a directory; give the path of a file in it");
  const std::string big = folder.file("big.toml", std::string(1024 * 1024 + 1, '\n'));
  CHECK(only_error(load_file(big, protocols)) ==
        big + ": cannot read this file: it is larger than 1MiB");
  CHECK(load_file(folder.file("full.toml", std::string(1024 * 1024, '\n')), protocols));
  if (geteuid() != 0) {  // root reads everything
    const std::string secret = folder.file("secret.toml", "");
    REQUIRE(chmod(secret.c_str(), 0) == 0);
    CHECK(only_error(load_file(secret, protocols)) ==
          secret +
              ": cannot read this file: Permission denied; let the user that runs the daemon "
              "read it and enter its folders");
  }
}
