#include "server/watchdog.hpp"

#include <cstdlib>
#include <string>
#include <unistd.h>

#include "tests/catch.hpp"

namespace {

/// The time-out with these in the environment; null is not set.
std::chrono::microseconds timeout_with(const char* timeout, const char* pid) {
  timeout == nullptr ? ::unsetenv("WATCHDOG_USEC") : ::setenv("WATCHDOG_USEC", timeout, 1);
  pid == nullptr ? ::unsetenv("WATCHDOG_PID") : ::setenv("WATCHDOG_PID", pid, 1);
  const std::chrono::microseconds found = server::watchdog_timeout();
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
  return found;
}

}  // namespace

TEST_CASE("the watchdog's time-out comes from the environment", "[watchdog]") {
  using std::chrono::seconds;
  const std::string self = std::to_string(::getpid());
  CHECK(timeout_with("30000000", nullptr) == seconds{30});
  CHECK(timeout_with("30000000", self.c_str()) == seconds{30});
  CHECK(timeout_with("30000000", "1") == seconds{0});
  CHECK(timeout_with("30000000", "") == seconds{0});
  CHECK(timeout_with(nullptr, nullptr) == seconds{0});
  CHECK(timeout_with("0", nullptr) == seconds{0});
  CHECK(timeout_with("-5", nullptr) == seconds{0});
  CHECK(timeout_with("30s", nullptr) == seconds{0});
  CHECK(timeout_with("18446744073709551615", nullptr) == seconds{0});
  CHECK(timeout_with("18446744073709551616", nullptr) == seconds{0});
}
