#include "server/admission/fit_to_open_files.hpp"

#include <sys/resource.h>

#include "tests/catch.hpp"
#include "tests/server/insight/stderr.hpp"

namespace {

/// With a limit of so many open files; it is never raised again.
std::size_t fitted(std::size_t max_connections, std::size_t reserved, rlim_t limit) {
  const rlimit both{limit, limit};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &both) == 0);
  config::Config config;
  config.limits.max_connections = max_connections;
  server::insight::Log log(config.log);
  return server::admission::fit_to_open_files(config, reserved, log).limits.max_connections;
}

}  // namespace

TEST_CASE("max_connections is lowered to what the limit on open files leaves, and that is logged",
          "[open files]") {
  struct Row {
    std::size_t max_connections;
    std::size_t reserved;
    std::size_t fitted;
  };
  constexpr rlim_t limit = 256;
  for (const Row& row : {Row{100, 56, 100}, Row{200, 56, 200}, Row{201, 56, 200}, Row{10, 255, 1},
                         Row{10, 1000, 1}}) {
    INFO(row.max_connections << " beside " << row.reserved);
    tests::Stderr written;
    CHECK(fitted(row.max_connections, row.reserved, limit) == row.fitted);
    CHECK(written.lines().size() == (row.fitted < row.max_connections ? 1U : 0U));
  }
}
