#include "client/stamp.hpp"

#include <chrono>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::read_stamp;

TEST_CASE("a stamp has when the line was received and sent, and its text byte for byte") {
  const auto stamp = read_stamp("+1000 1234  a b ");
  REQUIRE(stamp);
  CHECK(stamp->received == 1000ns);
  CHECK(stamp->sent == 1234ns);
  CHECK(stamp->in_server() == 234ns);
  CHECK(stamp->text == " a b ");
}

TEST_CASE("a stamp may have no text, and no time between") {
  const auto stamp = read_stamp("+9223372036854775807 9223372036854775807");
  REQUIRE(stamp);
  CHECK(stamp->in_server() == 0ns);
  CHECK(stamp->text.empty());
}

TEST_CASE("what is not quite a stamp is none") {
  for (const char* const line :
       {"", "+", "+1", "+1 ", "1 2", "+ 1 2", "+1  2", "+1 2x", "+1x 2", "+-1 2", "+1 -2", "++1 2",
        "-1 2", "+2 1", "+1 9223372036854775808", "-ERR unknown command 'STAMP', try HELP"}) {
    CAPTURE(line);
    CHECK_FALSE(read_stamp(line));
  }
}
