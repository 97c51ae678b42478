#include "streams/proxy_header/line.hpp"

#include <string>
#include <string_view>

#include "tests/catch.hpp"
#include "tests/streams/proxy_header/headers.hpp"

using proxy_header::Fault;
using proxy_header::Header;
using proxy_header::Parser;
using State = Parser::State;

namespace {

struct Good {
  std::string_view line;
  Header::Kind kind;
  std::string_view source;
  std::string_view destination;
};

struct Bad {
  std::string_view line;
  Fault fault;
};

}  // namespace

TEST_CASE("a PROXY line says who has connected, and where to", "[proxy_header]") {
  using Kind = Header::Kind;
  const std::string_view none = "unknown";
  const auto& line = GENERATE_REF(values<Good>({
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Kind::proxied, "203.0.113.7:51512",
       "192.0.2.1:7008"},
      {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", Kind::proxied,
       "255.255.255.255:65535", "255.255.255.255:65535"},
      {"PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", Kind::proxied, "0.0.0.0:0", "0.0.0.0:0"},
      {"PROXY TCP6 2001:db8::7 2001:db8::1 51512 7008\r\n", Kind::proxied, "[2001:db8::7]:51512",
       "[2001:db8::1]:7008"},
      {"PROXY TCP6 2001:0DB8:0000:0000:0000:0000:0000:0007 ::1 1 2\r\n", Kind::proxied,
       "[2001:db8::7]:1", "[::1]:2"},
      {"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
       Kind::proxied, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
       "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
      // As inet_ntop(3) writes it, and so its senders do.
      {"PROXY TCP6 ::ffff:203.0.113.7 ::ffff:192.0.2.1 1 2\r\n", Kind::proxied, "203.0.113.7:1",
       "192.0.2.1:2"},
      {"PROXY UNKNOWN\r\n", Kind::unknown, none, none},
      {"PROXY UNKNOWN \r\n", Kind::unknown, none, none},
      {"PROXY UNKNOWN  what ever\tfollows\r\n", Kind::unknown, none, none},
      {"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
       Kind::unknown, none, none},
  }));
  INFO(line.line);
  const Parser parser = tests::parsed(line.line);
  CHECK(parser.state() == State::complete);
  CHECK(parser.fault() == Fault::none);
  CHECK(parser.size() == line.line.size());
  CHECK(parser.header().kind == line.kind);
  CHECK(parser.header().source.to_string() == line.source);
  CHECK(parser.header().destination.to_string() == line.destination);
}

TEST_CASE("a PROXY line that is none is told by what is wrong with it", "[proxy_header]") {
  const auto& line = GENERATE_REF(values<Bad>({
      {"GET / HTTP/1.1\r\n", Fault::no_header},
      {"PROX TCP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::no_header},
      {"proxy TCP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::no_header},
      {" PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::no_header},
      {"\r\nPROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::no_header},
      {"\x16\x03\x01", Fault::no_header},

      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\n", Fault::line_end},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\r \n", Fault::line_end},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\r\r\n", Fault::line_end},
      {"PROXY UNKNOWN a lone\nline feed\r\n", Fault::line_end},
      {"PROXY UNKNOWN a lone\rreturn\r\n", Fault::line_end},
      {"PROXY\n", Fault::line_end},

      {"PROXY TCP5 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::protocol},
      {"PROXY UDP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::protocol},
      {"PROXY tcp4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::protocol},
      {"PROXY TCP 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::protocol},
      {"PROXY TCP4\t203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::protocol},
      {"PROXY UNKNOWNS\r\n", Fault::protocol},
      {"PROXY unknown\r\n", Fault::protocol},

      {"PROXY\r\n", Fault::missing_field},
      {"PROXY \r\n", Fault::missing_field},
      {"PROXY TCP4\r\n", Fault::missing_field},
      {"PROXY TCP4 203.0.113.7\r\n", Fault::missing_field},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512\r\n", Fault::missing_field},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 \r\n", Fault::missing_field},

      {"PROXYTCP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::spacing},
      {"PROXY\tTCP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::spacing},
      {"PROXY  TCP4 203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::spacing},
      {"PROXY TCP4  203.0.113.7 192.0.2.1 51512 7008\r\n", Fault::spacing},
      {"PROXY TCP4 203.0.113.7  192.0.2.1 51512 7008\r\n", Fault::spacing},
      {"PROXY TCP4 203.0.113.7 192.0.2.1  51512 7008\r\n", Fault::spacing},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512  7008\r\n", Fault::spacing},

      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008 \r\n", Fault::surplus_field},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008 9\r\n", Fault::surplus_field},

      {"PROXY TCP4 203.0.113 192.0.2.1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP4 203.0.113.7.1 192.0.2.1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP4 203.0.113.256 192.0.2.1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP4 203.0.113.07 192.0.2.1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP4 203..113.7 192.0.2.1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP4 0x7f.0.0.1 192.0.2.1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP4 2001:db8::7 192.0.2.1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP4 localhost 192.0.2.1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP6 203.0.113.7 2001:db8::1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP6 2001:db8::7::1 2001:db8::1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP6 1:2:3:4:5:6:7 2001:db8::1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP6 1:2:3:4:5:6:7:8:9 2001:db8::1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP6 2001:db8::12345 2001:db8::1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP6 2001:db8::g 2001:db8::1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP6 [2001:db8::7] 2001:db8::1 51512 7008\r\n", Fault::source_address},
      {"PROXY TCP6 fe80::7%1 2001:db8::1 51512 7008\r\n", Fault::source_address},

      {"PROXY TCP4 203.0.113.7 192.0.2.300 51512 7008\r\n", Fault::destination_address},
      {"PROXY TCP4 203.0.113.7 2001:db8::1 51512 7008\r\n", Fault::destination_address},
      {"PROXY TCP6 2001:db8::7 192.0.2.1 51512 7008\r\n", Fault::destination_address},

      {"PROXY TCP4 203.0.113.7 192.0.2.1 65536 7008\r\n", Fault::source_port},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 -1 7008\r\n", Fault::source_port},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 +1 7008\r\n", Fault::source_port},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 01 7008\r\n", Fault::source_port},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 0x1 7008\r\n", Fault::source_port},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 http 7008\r\n", Fault::source_port},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 65536\r\n", Fault::destination_port},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 007\r\n", Fault::destination_port},
      {"PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008.0\r\n", Fault::destination_port},
  }));
  INFO(line.line);
  const Parser parser = tests::parsed(line.line);
  CHECK(parser.state() == State::malformed);
  CHECK(make_error_code(parser.fault()).message() == make_error_code(line.fault).message());
}

TEST_CASE("a zero byte ends no address", "[proxy_header]") {
  using namespace std::string_view_literals;
  CHECK(tests::parsed("PROXY TCP4 203.0.113.7\0 192.0.2.1 1 2\r\n"sv).fault() ==
        Fault::source_address);
}

TEST_CASE("a PROXY line of 107 bytes is taken, and one byte more is not", "[proxy_header]") {
  const std::string beginning = "PROXY UNKNOWN ";
  const std::string filling(proxy_header::max_line - beginning.size() - 2, 'x');
  CHECK(tests::parsed(beginning + filling + "\r\n").state() == State::complete);
  const Parser longer = tests::parsed(beginning + filling + "x\r\n");
  CHECK(longer.fault() == Fault::line_too_long);
  CHECK(longer.size() == proxy_header::max_line);
}

TEST_CASE("what no header can begin with is told at its first byte that differs",
          "[proxy_header]") {
  CHECK(tests::parsed("H").fault() == Fault::no_header);
  CHECK(tests::parsed("PRI * HTTP/2.0").size() == 3);
  CHECK(tests::parsed("\r\n\r\nGET").size() == 5);
}
