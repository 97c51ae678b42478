#include "client/top/full_screen.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using client::top::FullScreen;

TEST_CASE("of what is typed only letters count, not keys that send several bytes", "[top]") {
  CHECK(FullScreen::letters("cq") == "cq");
  CHECK(FullScreen::letters("a\x1b[Cc") == "ac");
  CHECK(FullScreen::letters("\x1b[1;5Dx\x1bOPt\x1b[15~q") == "xtq");
  CHECK(FullScreen::letters("\x1bqw") == "w");
  CHECK(FullScreen::letters("\x1b").empty());
  CHECK(FullScreen::letters("\x1b[1;").empty());
}

TEST_CASE("a frame erases what stood in its lines and below them, and ends in no line feed",
          "[top]") {
  const std::vector<std::string> lines{"one", "two"};
  CHECK(FullScreen::frame(lines) == "\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J");
}
