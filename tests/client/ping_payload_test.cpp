#include "client/ping_payload.hpp"

#include "tests/catch.hpp"

using client::make_ping;
using client::PingProtocol;

TEST_CASE("an echo ping is answered by itself and has the size that was asked for") {
  for (const std::size_t size : {1U, 5U, 56U, 70000U}) {
    const auto ping = make_ping(PingProtocol::echo, 3, size);
    CHECK(ping.request.size() == size);
    CHECK(ping.reply == ping.request);
  }
}

TEST_CASE("a line ping is an ECHO command and its reply") {
  const auto ping = make_ping(PingProtocol::line, 3, 10);
  CHECK(ping.request == "ECHO 3 fghijklm\r\n");
  CHECK(ping.reply == "+3 fghijklm\r\n");
}

TEST_CASE("two pings of one run never look the same, however long") {
  for (const std::size_t size : {1U, 8U, 56U, 5000U}) {
    CHECK(make_ping(PingProtocol::echo, 1, size).request !=
          make_ping(PingProtocol::echo, 2, size).request);
  }
}
