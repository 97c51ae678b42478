#include "client/line_exchange.hpp"

#include "tests/catch.hpp"

using client::has_reply;
using client::LineProtocol;

TEST_CASE("an empty line is echoed, and is no line of the line protocol") {
  for (const char* const empty : {"", "\r"}) {
    CHECK(has_reply(LineProtocol::echo, empty));
    CHECK_FALSE(has_reply(LineProtocol::line, empty));
  }
  CHECK(has_reply(LineProtocol::line, " "));
  CHECK(has_reply(LineProtocol::line, "PING\r"));
}
