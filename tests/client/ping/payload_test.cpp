#include "client/ping/payload.hpp"

#include "tests/catch.hpp"

using Catch::Matchers::EndsWith;
using client::ping::explain_mismatch;
using client::ping::make_payload;
using client::ping::Protocol;

TEST_CASE("an echo ping is answered by itself and has the size that was asked for") {
  for (const std::size_t size : {1U, 5U, 56U, 70000U}) {
    const auto ping = make_payload(Protocol::echo, 3, size);
    CHECK(ping.request.size() == size);
    CHECK(ping.reply == ping.request);
  }
}

TEST_CASE("an echo ping ends with a line feed, so that a line service answers it too") {
  CHECK(make_payload(Protocol::echo, 3, 6).request == "3 fgh\n");
}

TEST_CASE("a line ping is an ECHO command and its reply") {
  const auto ping = make_payload(Protocol::line, 3, 10);
  CHECK(ping.request == "ECHO 3 fghijklm\r\n");
  CHECK(ping.reply == "+3 fghijklm\r\n");
}

TEST_CASE("two pings of one run never look the same, however long") {
  for (const std::size_t size : {1U, 8U, 56U, 5000U}) {
    CHECK(make_payload(Protocol::echo, 1, size).request !=
          make_payload(Protocol::echo, 2, size).request);
  }
}

TEST_CASE("a wrong reply is told with the protocol that it looks like") {
  CHECK_THAT(explain_mismatch(Protocol::echo, "-ERR unknown command '1'\r\n"),
             EndsWith("begins with \"-ERR unknown command '1'\"; this looks like the line "
                      "protocol: try --protocol line"));
  CHECK_THAT(explain_mismatch(Protocol::line, "ECHO 1 abc\r\n"),
             EndsWith("this looks like an echo service: try --protocol echo"));
  CHECK_THAT(explain_mismatch(Protocol::echo, "220 mail\x1b[2J"),
             EndsWith("\"220 mail?[2J\"; does the target speak another protocol?"));
}
