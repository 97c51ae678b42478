#include "server/insight/log.hpp"

#include <string>
#include <thread>
#include <vector>

#include "tests/server/insight/stderr.hpp"

using server::insight::Log;
using tests::Stderr;

TEST_CASE("every line that was logged is written before the log is gone, in its thread's order") {
  constexpr std::uint64_t each = 2000;
  Stderr output;
  {
    Log log({});
    std::vector<std::jthread> threads;
    for (const std::string_view name : {"one", "two"}) {
      threads.emplace_back([&log, name] {
        for (std::uint64_t i = 0; i < each; ++i) log.info(name, {{"i", i}});
      });
    }
  }
  std::uint64_t ones = 0;
  std::uint64_t twos = 0;
  for (const std::string& line : output.lines()) {
    std::uint64_t& count = line.find(" one ") != std::string::npos ? ones : twos;
    CHECK(line.ends_with((&count == &ones ? "one i=" : "two i=") + std::to_string(count)));
    ++count;
  }
  CHECK(ones == each);
  CHECK(twos == each);
}

TEST_CASE("a line below the level is not written, and a new level holds from then on") {
  Stderr output;
  {
    Log log({});
    log.debug("hidden");
    log.set_level(Log::Level::debug);
    log.debug("shown");
    log.set_level(Log::Level::error);
    log.warning("hidden");
  }
  const std::vector<std::string> lines = output.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].ends_with(" debug shown"));
}
