#include "client/doctor/shell.hpp"

#include <chrono>

#include "streams/event_loop.hpp"
#include "tests/catch.hpp"

using client::doctor::run_in_shell;
using namespace std::chrono_literals;

namespace {

std::string run(const std::string& command, std::chrono::seconds patience = 60s) {
  streams::EventLoop loop;
  return loop.run(run_in_shell(loop, command, patience));
}

}  // namespace

TEST_CASE("a command that ends well is nothing to be told") {
  CHECK(run("exit 0").empty());
  CHECK(run("cat; echo printed").empty());
}

TEST_CASE("how a command failed is told, with the last line that it printed") {
  CHECK(run("exit 3") == "ended with exit code 3");
  CHECK(run("echo first; echo 'second\tone' >&2; exit 1") ==
        "ended with exit code 1: second\\x09one");
  CHECK(run("kill -TERM $$") == "was killed by signal 15");
  CHECK(run("no-such-command-there-is").find("exit code 127: ") != std::string::npos);
}

TEST_CASE("a command that does not end is killed, with what it has started") {
  const auto start = std::chrono::steady_clock::now();
  CHECK(run("sleep 60 & sleep 60", 1s) == "was not over within 1 s, and was killed");
  CHECK(std::chrono::steady_clock::now() - start < 30s);
}
