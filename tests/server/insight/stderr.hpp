// What a test's log writes, to be read once the log is gone.
#pragma once

#include <cstdio>
#include <string>
#include <unistd.h>
#include <vector>

#include "tests/catch.hpp"

namespace tests {

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

}  // namespace tests
