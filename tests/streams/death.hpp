// Whether an assertion or fatal_misuse() stops something: tried in a forked child.
#pragma once

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"

namespace tests {

/// Whether `function()` aborts and says `why`. Any other unnatural end is not meant.
template <class Function>
bool dies(Function function, const char* why = "Assertion") {
  std::array<int, 2> errors{};
  REQUIRE(::pipe(errors.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::dup2(errors[1], STDERR_FILENO);
    try {
      function();
    } catch (...) {
      ::_exit(2);
    }
    ::_exit(0);
  }
  ::close(errors[1]);
  std::string said;
  std::array<char, 512> piece{};
  for (ssize_t size = 0; (size = ::read(errors[0], piece.data(), piece.size())) > 0;) {
    said.append(piece.data(), static_cast<std::size_t>(size));
  }
  ::close(errors[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return false;
  INFO("the child said: " << said);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGABRT);
  REQUIRE(said.find(why) != std::string::npos);
  return true;
}

}  // namespace tests
