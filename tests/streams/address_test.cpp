#include "streams/address.hpp"

#include <string>

#include "tests/catch.hpp"

using streams::HostPort;
using streams::parse_address;
using streams::UnixPath;

namespace {

HostPort host_port(std::string_view text) {
  const streams::ParsedAddress parsed = parse_address(text);
  INFO(text << ": " << parsed.error);
  REQUIRE(parsed);
  REQUIRE(std::holds_alternative<HostPort>(parsed.address));
  return std::get<HostPort>(parsed.address);
}

std::string error_of(std::string_view text) {
  const streams::ParsedAddress parsed = parse_address(text);
  CHECK(static_cast<bool>(parsed) == parsed.error.empty());
  return parsed.error;
}

}  // namespace

TEST_CASE("a host and a port are told apart", "[address]") {
  struct Row {
    std::string_view text;
    std::string host;
    unsigned port;
  };
  const Row rows[] = {
      {"127.0.0.1:7007", "127.0.0.1", 7007},
      {"localhost:0", "localhost", 0},
      {"under_score.example-1.org:65535", "under_score.example-1.org", 65535},
      {"1e100.net:443", "1e100.net", 443},
      {"[::1]:7007", "::1", 7007},
      {"[::]:1", "::", 1},
      {"[2001:db8::7]:80", "2001:db8::7", 80},
      {"[::ffff:192.0.2.1]:80", "::ffff:192.0.2.1", 80},
      {"[fe80::1%eth0]:80", "fe80::1%eth0", 80},
  };
  for (const Row& row : rows) {
    const HostPort got = host_port(row.text);
    INFO(row.text);
    CHECK(got.host == row.host);
    CHECK(got.port == row.port);
  }
}

TEST_CASE("a Unix socket's path is taken up to 107 bytes", "[address]") {
  const std::string longest = "/" + std::string(106, 'x');
  const auto parsed = parse_address("unix:" + longest);
  REQUIRE(parsed);
  CHECK(std::get<UnixPath>(parsed.address).path == longest);
  CHECK(error_of("unix:" + longest + "x") ==
        "the path of a Unix socket has 108 bytes; at most 107 are allowed");
}

TEST_CASE("what is no address is refused with the form that is allowed", "[address]") {
  struct Row {
    std::string_view text;
    std::string error;
  };
  const std::string port_rule = " is not a decimal number from 0 to 65535 without leading zeros";
  const std::string host_rule = " has a character that is neither letter, digit, '-', '.' nor '_'";
  const std::string ipv4_rule = " is not an IPv4 address; that has four numbers from 0 to 255";
  using namespace std::string_view_literals;
  const Row rows[] = {
      {"", "the address is empty; write HOST:PORT, [IPV6]:PORT or unix:/PATH"},
      {"localhost", "\"localhost\" has no port; write HOST:PORT, [IPV6]:PORT or unix:/PATH"},
      {":7007",
       "there is no host before the port; write 0.0.0.0 for every IPv4 interface or [::] for "
       "every interface"},
      {"localhost:", "the port \"\"" + port_rule},
      {"localhost:65536", "the port \"65536\"" + port_rule},
      {"localhost:99999999999999999999", "the port \"99999999999999999999\"" + port_rule},
      {"localhost:-1", "the port \"-1\"" + port_rule},
      {"localhost:+1", "the port \"+1\"" + port_rule},
      {"localhost: 1", "the port \" 1\"" + port_rule},
      {"localhost:1 ", "the port \"1 \"" + port_rule},
      {"localhost:0x50", "the port \"0x50\"" + port_rule},
      {"localhost:080", "the port \"080\"" + port_rule},
      {"localhost:http", "the port \"http\"" + port_rule},
      {"localhost:1\n", "the port \"1?\"" + port_rule},
      {"*:7007", "the host \"*\"" + host_rule},
      {" localhost:7007", "the host \" localhost\"" + host_rule},
      {"a\0b:7007"sv, "the host \"a?b\"" + host_rule},
      {"300.0.0.1:80", "\"300.0.0.1\"" + ipv4_rule},
      {"127.1:80", "\"127.1\"" + ipv4_rule},
      {"7007:80", "\"7007\"" + ipv4_rule},
      {"::1:7007",
       "\"::1:7007\" has more than one colon; an IPv6 address needs brackets: [IPV6]:PORT"},
      {"[::1", "the '[' has no ']'; write [IPV6]:PORT"},
      {"[::1]", "there is no port; write [IPV6]:PORT"},
      {"[::1]7007", "after ']' comes ':' and the port; write [IPV6]:PORT"},
      {"[::1]:", "the port \"\"" + port_rule},
      {"[]:80", "\"\" is not an IPv6 address"},
      {"[127.0.0.1]:80", "\"127.0.0.1\" is not an IPv6 address"},
      {"[::1::]:80", "\"::1::\" is not an IPv6 address"},
      {"[fe80::1%]:80",
       "there is no interface after the '%' of \"fe80::1%\"; write it, as in [fe80::1%eth0]:7007, "
       "or "
       "leave the '%' out"},
      {"UNIX:/run/socket", "\"UNIX:\" is written in small letters; write unix:/PATH"},
      {"Unix:/run/socket", "\"Unix:\" is written in small letters; write unix:/PATH"},
      {"[::1\0]:80"sv, "\"::1?\" is not an IPv6 address"},
      {"unix:", "there is no path after unix:; write unix:/PATH"},
      {"unix:run/socket",
       "the path of a Unix socket must be absolute, not \"run/socket\"; write unix:/PATH"},
      {"unix:@abstract",
       "the path of a Unix socket must be absolute, not \"@abstract\"; write unix:/PATH"},
      {"unix:/a\0b"sv, "the path of a Unix socket has a zero byte in it"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(error_of(row.text) == row.error);
  }
  // Put together in place: with an operator + GCC 12 warns of what cannot happen.
  std::string long_host(254, 'a');
  long_host += ":80";
  CHECK(error_of(long_host) == "the host is longer than 253 bytes");
}

TEST_CASE("an address is written the way it was read", "[address]") {
  for (std::string text : {"127.0.0.1:7007", "localhost:0", "[::1]:65535", "[fe80::1%eth0]:80",
                           "unix:/run/echoline/socket", "unix:/with:colon"}) {
    const auto parsed = parse_address(text);
    INFO(text << ": " << parsed.error);
    REQUIRE(parsed);
    CHECK(streams::to_string(parsed.address) == text);
  }
}

TEST_CASE("address_of gives the address, or throws what is wrong with the text", "[address]") {
  CHECK(streams::to_string(streams::address_of("localhost:80")) == "localhost:80");
  CHECK_THROWS_WITH(streams::address_of("localhost"), error_of("localhost"));
}
