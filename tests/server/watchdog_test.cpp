#include "server/watchdog.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

#include "tests/catch.hpp"

namespace {

/// The time-out with these in the environment; null is not set.
server::WatchdogTimeout timeout_with(const char* timeout, const char* pid) {
  timeout == nullptr ? ::unsetenv("WATCHDOG_USEC") : ::setenv("WATCHDOG_USEC", timeout, 1);
  pid == nullptr ? ::unsetenv("WATCHDOG_PID") : ::setenv("WATCHDOG_PID", pid, 1);
  server::WatchdogTimeout found = server::watchdog_timeout();
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
  return found;
}

}  // namespace

TEST_CASE("the watchdog's time-out comes from the environment", "[watchdog]") {
  using namespace std::chrono_literals;
  const std::string self = std::to_string(::getpid());
  struct Row {
    const char* timeout;
    const char* pid;
    std::chrono::microseconds value;
  };
  const std::vector<Row> rows{{"30000000", nullptr, 30s}, {"30000000", self.c_str(), 30s},
                              {"20000", nullptr, 20ms},   {"30000000", "1", 0s},
                              {nullptr, nullptr, 0s},     {nullptr, "soon", 0s},
                              {"0", nullptr, 0s}};
  for (const Row& row : rows) {
    const server::WatchdogTimeout found = timeout_with(row.timeout, row.pid);
    CHECK(found.value == row.value);
    CHECK(found.problem.empty());
  }
}

TEST_CASE("a time-out of the watchdog that makes no sense is said, and never makes it spin",
          "[watchdog]") {
  using namespace std::chrono_literals;
  for (const char* const text :
       {"-5", "30s", "", " 1", "18446744073709551615", "18446744073709551616"}) {
    const server::WatchdogTimeout found = timeout_with(text, nullptr);
    CHECK(found.value == 0s);
    CHECK(found.problem == "WATCHDOG_USEC=" + std::string(text) +
                               " is not a time in microseconds: no watchdog pings are sent");
  }
  for (const char* const text : {"1", "19999"}) {
    const server::WatchdogTimeout found = timeout_with(text, nullptr);
    CHECK(found.value == 20ms);
    CHECK(found.problem == "WATCHDOG_USEC=" + std::string(text) +
                               " is too short: a watchdog ping is sent every 10 ms");
  }
  const server::WatchdogTimeout found = timeout_with("30000000", "");
  CHECK(found.value == 0s);
  CHECK(found.problem == "WATCHDOG_PID= is not a process number: no watchdog pings are sent");
}
