#include "client/send/line_splitter.hpp"

#include <vector>

#include "client/send/ask.hpp"
#include "tests/catch.hpp"

using client::send::lines_after;
using client::send::LineSplitter;

namespace {

std::vector<std::string> split(const std::vector<std::string>& pieces) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  for (const std::string& piece : pieces) {
    splitter.feed(piece);
    while (auto line = splitter.next()) lines.push_back(*line);
  }
  if (auto line = splitter.rest()) lines.push_back(*line);
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines come out whole, however the text is cut") {
  CHECK(split({"one\ntwo\n"}) == Lines{"one", "two"});
  CHECK(split({"o", "ne", "\nt", "wo", "\n"}) == Lines{"one", "two"});
}

TEST_CASE("an empty line is a line, and a carriage return is kept") {
  CHECK(split({"\n\na\r\n"}) == Lines{"", "", "a\r"});
}

TEST_CASE("a last line without a line feed is a line, nothing after the last one is none") {
  CHECK(split({"a\nb"}) == Lines{"a", "b"});
  CHECK(split({"a\n"}) == Lines{"a"});
  CHECK(split({""}).empty());
}

TEST_CASE("only an array's first line says that more follow") {
  CHECK(lines_after("*3\r\n") == 3);
  CHECK(lines_after("*12\n") == 12);
  for (const char* line :
       {"*\r\n", "+3\r\n", "*3x\r\n", "* 3\r\n", "***\r\n", "*-1\r\n", "\r\n", ""}) {
    CAPTURE(line);
    CHECK(lines_after(line) == 0);
  }
}
