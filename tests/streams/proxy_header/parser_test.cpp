#include "streams/proxy_header/parser.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/streams/proxy_header/headers.hpp"

using proxy_header::Parser;
using State = Parser::State;

namespace {

/// Good ones and bad ones, and what follows them.
std::vector<std::string> some_headers() {
  using tests::binary;
  using tests::inet;
  return {
      "PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\r\nPING\r\n",
      "PROXY TCP6 2001:db8::7 2001:db8::1 51512 7008\r\nPING\r\n",
      "PROXY UNKNOWN\r\n",
      "PROXY UNKNOWN\r\n\r\n",
      "PROXY UNKNOWN x\r\nPING\r\n",
      "PROXY UNKNOWN xy\r\nPING\r\n",
      "PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\nPING\r\n",
      "PROXY TCP4 203.0.113.7\r\nPING\r\n",
      "PING\r\n",
      binary(0x21, 0x11, inet) + "PING\r\n",
      binary(0x21, 0x21, tests::inet6) + "PING\r\n",
      binary(0x21, 0x11, inet + tests::tlv(4, "padding") + tests::tlv(5, "")) + "PING\r\n",
      binary(0x21, 0x31, std::string(216, 'p')) + "PING\r\n",
      binary(0x20, 0x00, "") + "PING\r\n",
      binary(0x21, 0x11, inet + tests::tlv(3, "none")) + "PING\r\n",
      binary(0x21, 0x11, inet + "xx") + "PING\r\n",
      binary(0x2E, 0x11, inet) + "PING\r\n",
  };
}

void check_same(const Parser& got, const Parser& whole) {
  CHECK(got.state() == whole.state());
  CHECK(got.fault() == whole.fault());
  CHECK(got.size() == whole.size());
  CHECK(got.wanted() == whole.wanted());
  CHECK(got.header().kind == whole.header().kind);
  CHECK(got.header().source == whole.header().source);
  CHECK(got.header().destination == whole.header().destination);
}

}  // namespace

TEST_CASE("a PROXY header means the same wherever it is split", "[proxy_header]") {
  for (const std::string& text : some_headers()) {
    const Parser whole = tests::parsed(text);
    CHECK(whole.state() != State::incomplete);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      Parser parser;
      parser.take(text.substr(0, cut));
      parser.take(text.substr(cut));
      INFO("cut at " << cut);
      check_same(parser, whole);
    }
    Parser by_byte;
    for (const char& c : text) by_byte.take({&c, 1});
    check_same(by_byte, whole);
  }
}

TEST_CASE("who reads what a PROXY header wants leaves what follows it", "[proxy_header]") {
  for (const std::string& text : some_headers()) {
    const Parser whole = tests::parsed(text);
    if (whole.state() != State::complete) continue;
    Parser parser;
    std::size_t read = 0;
    while (parser.state() == State::incomplete && read < text.size()) {
      const std::size_t wanted = parser.wanted();
      REQUIRE(wanted > 0);
      CHECK(parser.take(text.substr(read, wanted)) == wanted);
      read += wanted;
    }
    CHECK(read == whole.size());
    check_same(parser, whole);
  }
}

TEST_CASE("a PROXY header is incomplete up to its last byte", "[proxy_header]") {
  for (const std::string& text : some_headers()) {
    const Parser whole = tests::parsed(text);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CHECK(tests::parsed(text.substr(0, size)).state() == State::incomplete);
    }
  }
}
