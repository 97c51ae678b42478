#include "server/insight/log.hpp"

#include <cstdio>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/catch.hpp"

using server::insight::Log;

namespace {

/// Standard error goes to a file while this lives.
class Stderr {
 public:
  Stderr() : before_(::dup(STDERR_FILENO)), file_(std::tmpfile()) {
    REQUIRE(before_ >= 0);
    REQUIRE(file_ != nullptr);
    ::dup2(::fileno(file_), STDERR_FILENO);
  }
  ~Stderr() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
    std::fclose(file_);
  }
  Stderr(const Stderr&) = delete;
  Stderr& operator=(const Stderr&) = delete;

  std::vector<std::string> lines() {
    std::rewind(file_);
    std::vector<std::string> found(1);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      if (c == '\n') {
        found.emplace_back();
      } else {
        found.back() += static_cast<char>(c);
      }
    }
    CHECK(found.back().empty());
    found.pop_back();
    return found;
  }

 private:
  int before_;
  std::FILE* file_;
};

}  // namespace

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
