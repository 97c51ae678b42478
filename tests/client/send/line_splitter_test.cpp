#include "client/send/line_splitter.hpp"

#include <vector>

#include "tests/catch.hpp"

using client::send::LineSplitter;

namespace {

std::vector<std::string> split(const std::vector<std::string>& pieces) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  for (const std::string& piece : pieces) {
    splitter.feed(piece);
    while (auto line = splitter.next()) lines.emplace_back(*line);
  }
  if (auto line = splitter.rest()) lines.emplace_back(*line);
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
