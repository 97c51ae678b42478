#include "streams/proxy_header/encode.hpp"

#include <string>
#include <string_view>

#include "streams/proxy_header/parser.hpp"
#include "tests/catch.hpp"
#include "tests/streams/proxy_header/headers.hpp"

using proxy_header::encode;
using proxy_header::Header;
using proxy_header::Version;

namespace {

Header proxied(std::string_view source, std::string_view destination) {
  return {Header::Kind::proxied, tests::endpoint(source), tests::endpoint(destination)};
}

streams::Endpoint unix_endpoint() {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;
  return streams::Endpoint(storage);
}

}  // namespace

TEST_CASE("a PROXY header of version 1 is a line", "[proxy_header]") {
  CHECK(encode(Version::v1, proxied("203.0.113.7:51512", "192.0.2.1:7008")) ==
        "PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\r\n");
  CHECK(encode(Version::v1, proxied("[2001:db8::7]:51512", "[2001:db8::1]:7008")) ==
        "PROXY TCP6 2001:db8::7 2001:db8::1 51512 7008\r\n");
  CHECK(encode(Version::v1, proxied("203.0.113.7:51512", "[2001:db8::1]:7008")) ==
        "PROXY TCP6 ::ffff:203.0.113.7 2001:db8::1 51512 7008\r\n");
  CHECK(encode(Version::v1, {Header::Kind::local, {}, {}}) == "PROXY UNKNOWN\r\n");
  CHECK(encode(Version::v1, {Header::Kind::unknown, {}, {}}) == "PROXY UNKNOWN\r\n");
}

TEST_CASE("a PROXY header of version 2 is binary", "[proxy_header]") {
  CHECK(encode(Version::v2, proxied("203.0.113.7:51512", "192.0.2.1:7008")) ==
        tests::binary(0x21, 0x11, tests::inet));
  CHECK(encode(Version::v2, proxied("[2001:db8::7]:51512", "[2001:db8::1]:7008")) ==
        tests::binary(0x21, 0x21, tests::inet6));
  CHECK(encode(Version::v2, {Header::Kind::local, {}, {}}) == tests::binary(0x20, 0x00, ""));
  CHECK(encode(Version::v2, {Header::Kind::unknown, {}, {}}) == tests::binary(0x21, 0x00, ""));
  CHECK(encode(Version::v2, {Header::Kind::proxied, unix_endpoint(), unix_endpoint()}) ==
        tests::binary(0x21, 0x31, std::string(216, '\0')));
}

TEST_CASE("an end of a PROXY header that has no address is the unspecified one", "[proxy_header]") {
  const streams::Endpoint client = tests::endpoint("203.0.113.7:51512");
  CHECK(encode(Version::v1, {Header::Kind::proxied, client, unix_endpoint()}) ==
        "PROXY TCP4 203.0.113.7 0.0.0.0 51512 0\r\n");
  CHECK(encode(Version::v1, {Header::Kind::proxied, unix_endpoint(), unix_endpoint()}) ==
        "PROXY UNKNOWN\r\n");
}

TEST_CASE("what is written as a PROXY header is read as the same", "[proxy_header]") {
  const auto version = GENERATE(Version::v1, Version::v2);
  const auto& header = GENERATE(
      proxied("203.0.113.7:51512", "192.0.2.1:7008"), proxied("[2001:db8::7]:1", "[::1]:65535"),
      proxied("203.0.113.7:0", "[2001:db8::1]:7008"), proxied("[2001:db8::7]:1", "192.0.2.1:7008"));
  const std::string bytes = encode(version, header);
  const proxy_header::Parser parser = tests::parsed(bytes);
  CHECK(parser.size() == bytes.size());
  CHECK(parser.header().kind == Header::Kind::proxied);
  CHECK(parser.header().source == header.source);
  CHECK(parser.header().destination == header.destination);
}
