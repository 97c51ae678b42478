#include "client/command_line/target.hpp"

#include <variant>

#include "tests/catch.hpp"

using client::command_line::parse_targets;
using client::command_line::take_target;
using client::command_line::Target;

namespace {

using Words = std::vector<std::string>;

/// The names of the targets that `words` are, or the error.
Words read(const Words& words) {
  const auto parsed = parse_targets(words);
  if (!parsed) return {parsed.error};
  Words names;
  for (const Target& target : parsed.value) names.push_back(target.name);
  return names;
}

}  // namespace

TEST_CASE("a target is a word, or a host and a port") {
  struct Row {
    Words words;
    Words targets;
  };
  const Row rows[] = {
      {{}, {}},
      {{"127.0.0.1:7007"}, {"127.0.0.1:7007"}},
      {{"localhost:7007"}, {"localhost:7007"}},
      {{"localhost", "7007"}, {"localhost:7007"}},
      {{"127.0.0.1", "7007"}, {"127.0.0.1:7007"}},
      {{":7007"}, {"localhost:7007"}},
      {{"[::1]:7007"}, {"[::1]:7007"}},
      {{"::1", "7007"}, {"[::1]:7007"}},
      {{"[::1]", "7007"}, {"[::1]:7007"}},
      {{"fe80::1%eth0", "7"}, {"[fe80::1%eth0]:7"}},
      {{"tcp://localhost:7007"}, {"localhost:7007"}},
      {{"tcp://localhost:7007/"}, {"localhost:7007"}},
      {{"tcp://[::1]:7007"}, {"[::1]:7007"}},
      {{"tcp://:7007"}, {"localhost:7007"}},
      {{"tcp://localhost", "7007"}, {"localhost:7007"}},
      {{"unix:/run/echo"}, {"unix:/run/echo"}},
      {{"unix:///run/echo"}, {"unix:///run/echo"}},
      {{"a", "1", "b:2", "::1", "3", "unix:/c", ":4"},
       {"a:1", "b:2", "[::1]:3", "unix:/c", "localhost:4"}},
  };
  for (const Row& row : rows) {
    INFO((row.words.empty() ? "" : row.words.front()));
    CHECK(read(row.words) == row.targets);
  }
}

TEST_CASE("what is no target is refused with the word, the reason and what to write") {
  struct Row {
    Words words;
    std::string error;
  };
  const std::string port_rule = " is not a decimal number from 0 to 65535 without leading zeros";
  const std::string url = " is a URL, and echoline speaks plain TCP; write ";
  const Row rows[] = {
      {{""}, "a target is empty; write HOST:PORT, HOST PORT, :PORT, [IPV6]:PORT or unix:/PATH"},
      {{"localhost"}, "\"localhost\" has no port; write localhost:PORT or localhost PORT"},
      {{"localhost", "x"}, "\"localhost\" has no port; write localhost:PORT or localhost PORT"},
      {{"a:1", "::1"}, "\"::1\" has no port; write [::1]:PORT or ::1 PORT"},
      {{"[::1]"}, "\"[::1]\" has no port; write [::1]:PORT or [::1] PORT"},
      {{"tcp://a"}, "\"tcp://a\" has no port; write a:PORT or a PORT"},
      {{"7007"}, "\"7007\" is a port without a host; write :7007 for this machine's, or HOST:7007"},
      {{"a:1", "2"}, "\"2\" is a port without a host; write :2 for this machine's, or HOST:2"},
      {{"a", "1", "2"}, "\"2\" is a port without a host; write :2 for this machine's, or HOST:2"},
      {{"unix:/a", "2"}, "\"2\" is a port without a host; write :2 for this machine's, or HOST:2"},
      {{"localhost", "70000"}, "the port \"70000\"" + port_rule},
      {{"localhost", "07007"}, "the port \"07007\"" + port_rule},
      {{"localhost", "0"}, "\"localhost:0\": nobody can connect to port 0"},
      {{":0"}, "\"localhost:0\": nobody can connect to port 0"},
      {{"localhost:"}, "the port \"\"" + port_rule},
      {{":"}, "the port \"\"" + port_rule},
      {{":http"}, "the port \"http\"" + port_rule},
      {{"::"}, "\"::\" has no port; write [::]:PORT or :: PORT"},
      {{"a b", "7"},
       "the host \"a b\" has a character that is neither letter, digit, '-', '.' nor "
       "'_'"},
      {{"http://example.com"}, "\"http://example.com\"" + url + "example.com:80"},
      {{"https://example.com/a:b?c"}, "\"https://example.com/a:b?c\"" + url + "example.com:443"},
      {{"http://me@[::1]:8080/"}, "\"http://me@[::1]:8080/\"" + url + "[::1]:8080"},
      {{"udp://example.com"}, "\"udp://example.com\"" + url + "HOST:PORT"},
      {{"http://"}, "\"http://\"" + url + "HOST:PORT"},
  };
  for (const Row& row : rows) {
    INFO(row.words.front());
    CHECK(read(row.words) == Words{row.error});
  }
}

TEST_CASE("what follows a target is left for whoever asks") {
  const Words words{"localhost", "7008", "7009"};
  std::span<const std::string> rest(words);
  const auto target = take_target(rest);
  REQUIRE(target);
  CHECK(std::get<streams::HostPort>(target.value.address).port == 7008);
  REQUIRE(rest.size() == 1);
  CHECK(rest.front() == "7009");
}
