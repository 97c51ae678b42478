#include "server/admission/fit_to_memory.hpp"

#include <sys/resource.h>

#include "server/process/memory_limit.hpp"
#include "tests/catch.hpp"
#include "tests/server/insight/stderr.hpp"

using server::admission::fit_to_memory;

TEST_CASE("buffers may take a quarter of what the process may use, where nothing else is said",
          "[memory]") {
  config::Config config;
  server::insight::Log log(config.log);
  const std::size_t fitted = fit_to_memory(config, log).budget.max_memory;
  CHECK(fitted == server::process::memory_limit().bytes / 4);
  config.budget.max_memory = 5 << 20;
  CHECK(fit_to_memory(config, log).budget.max_memory == 5 << 20);
}

// A sanitizer's own memory is more than the limit.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a limit of the process is a quarter of that, and is told", "[memory]") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_DATA, &before) == 0);
  rlimit less = before;
  less.rlim_cur = std::size_t{4} << 30;
  tests::Stderr written;
  std::size_t fitted = 0;
  {
    server::insight::Log log({});
    REQUIRE(::setrlimit(RLIMIT_DATA, &less) == 0);
    fitted = fit_to_memory({}, log).budget.max_memory;
    REQUIRE(::setrlimit(RLIMIT_DATA, &before) == 0);
  }
  CHECK(fitted == std::size_t{1} << 30);
  const auto lines = written.lines();
  REQUIRE(lines.size() == 1);
  CHECK(
      lines[0].find(" info memory-limited by=RLIMIT_DATA bytes=4294967296 max_memory=1073741824") !=
      std::string::npos);
}
#endif
