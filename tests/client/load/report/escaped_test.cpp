#include "client/load/report/escaped.hpp"

#include "tests/catch.hpp"

using client::load::report::escaped;

TEST_CASE("nothing that a peer sends reaches the terminal unescaped") {
  CHECK(escaped("plain text", 20) == "\"plain text\"");
  CHECK(escaped("\x1b[2J\r\n\t", 20) == "\"\\x1b[2J\\r\\n\\t\"");
  CHECK(escaped("\"\\", 20) == "\"\\\"\\\\\"");
  CHECK(escaped(std::string_view("\0\x7f\xff", 3), 20) == "\"\\x00\\x7f\\xff\"");
}

TEST_CASE("what is cut off is said to go on") {
  CHECK(escaped("abcdef", 6) == "\"abcdef\"");
  CHECK(escaped("abcdefg", 6) == "\"abcdef\"...");
  CHECK(escaped("", 6) == "\"\"");
}
