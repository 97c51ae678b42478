#include "client/command_line/top_targets.hpp"

#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <variant>
#include <vector>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

using namespace client::command_line;
using client::top::Target;

namespace {

std::vector<Target> read(const std::vector<std::string>& words) {
  auto parsed = parse_top_targets(words);
  CHECK(parsed.error.empty());
  return parsed.value;
}

std::string error_of(const std::string& word) {
  const std::vector<std::string> words{word};
  return parse_top_targets(words).error;
}

}  // namespace

TEST_CASE("targets of top are addresses, of which the answer tells the kind, and URLs", "[top]") {
  const auto targets = read({"host:1", "host", "2", ":3", "unix:/s", "http://h:4",
                             "http://[::1]:5/x/y", "http://h", "http://[::1]/"});
  REQUIRE(targets.size() == 8);
  CHECK(targets[0].name == "host:1");
  CHECK_FALSE(targets[0].is_url);
  CHECK(targets[0].path == "/metrics");
  CHECK(targets[0].host == "host:1");
  CHECK(targets[1].name == "host:2");
  CHECK(targets[3].host == "localhost");
  CHECK(targets[4].is_url);
  CHECK(targets[4].name == "http://h:4");
  CHECK(targets[4].path == "/metrics");
  CHECK(targets[5].path == "/x/y");
  CHECK(targets[5].host == "[::1]:5");
  const auto port = [&targets](std::size_t i) {
    return std::get<streams::HostPort>(targets[i].address).port;
  };
  CHECK(port(4) == 4);
  CHECK(port(6) == 80);
  CHECK(port(7) == 80);
  CHECK(targets[7].path == "/metrics");
}

TEST_CASE("a URL that is none is told with what is wrong", "[top]") {
  CHECK(error_of("http://").find("is empty") != std::string::npos);
  CHECK(error_of("http:///metrics").find("http:///metrics") != std::string::npos);
  CHECK(error_of("http://h:x").find("\"http://h:x\": ") == 0);
  CHECK(error_of("http://h:99999").find("99999") != std::string::npos);
  CHECK(error_of("http://h:1/a b").find("no blanks") != std::string::npos);
  CHECK(error_of("http://h:1/a\r\nX: y").find("no blanks") != std::string::npos);
  CHECK(error_of("https://h:1").find("plain TCP") != std::string::npos);
}

TEST_CASE("without a target it is the service's admin socket, or an error that says what to name",
          "[top]") {
  const std::string path = std::filesystem::temp_directory_path() /
                           ("echoline-top-" + std::to_string(::getpid()) + ".sock");
  const auto none = default_top_target(path);
  CHECK(none.error.find("there is no " + path) == 0);
  const streams::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(static_cast<char*>(name.sun_path), sizeof name.sun_path - 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  const auto found = default_top_target(path);
  std::filesystem::remove(path);
  CHECK(found.error.empty());
  CHECK(found.value.name == "unix:" + path);
}
