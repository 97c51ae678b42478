#include "streams/text/line.hpp"

#include "tests/catch.hpp"

using text::without_end;

TEST_CASE("a line is without its CR LF or LF, and nothing else of it", "[line]") {
  CHECK(without_end("STATS\r\n") == "STATS");
  CHECK(without_end("STATS\n") == "STATS");
  CHECK(without_end("STATS") == "STATS");
  CHECK(without_end("\r\n").empty());
  CHECK(without_end("").empty());
  CHECK(without_end("a \r\r\n") == "a \r");
  CHECK(without_end("a\n\n") == "a\n");
  CHECK(without_end("\ra") == "\ra");
}

TEST_CASE("a line whose LF was not read is without its CR", "[line]") {
  CHECK(without_end("STATS\r") == "STATS");
}
