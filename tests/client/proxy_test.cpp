#include "client/proxy.hpp"

#include <string_view>
#include <variant>

#include "streams/address.hpp"
#include "tests/catch.hpp"

namespace {

streams::Endpoint endpoint(std::string_view text) {
  const streams::Address address = streams::address_of(text);
  return streams::Endpoint::of_literal(std::get<streams::HostPort>(address)).value();
}

const streams::Endpoint own = endpoint("127.0.0.1:40000");
const streams::Endpoint peer = endpoint("127.0.0.1:7008");

std::string line_for(const client::Proxy& proxy) {
  return proxy_header::encode(proxy_header::Version::v1, header_of(proxy, own, peer));
}

}  // namespace

TEST_CASE("who poses as a proxy says its own address, or the one it was given") {
  client::Proxy proxy;
  CHECK(line_for(proxy) == "PROXY TCP4 127.0.0.1 127.0.0.1 40000 7008\r\n");
  proxy.source = endpoint("203.0.113.7:51512");
  CHECK(line_for(proxy) == "PROXY TCP4 203.0.113.7 127.0.0.1 51512 7008\r\n");
}

TEST_CASE("an address without a port has that of the connection, so that peers differ") {
  client::Proxy proxy;
  proxy.source = endpoint("203.0.113.7:0");
  CHECK(line_for(proxy) == "PROXY TCP4 203.0.113.7 127.0.0.1 40000 7008\r\n");
}
