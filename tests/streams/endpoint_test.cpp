#include "streams/endpoint.hpp"

#include <arpa/inet.h>
#include <cstring>
#include <string>

#include "tests/catch.hpp"
#include "tests/streams/socket_pair.hpp"

using streams::Endpoint;

namespace {

Endpoint v4(const char* address, std::uint16_t port) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  REQUIRE(::inet_pton(AF_INET, address, &in.sin_addr) == 1);
  sockaddr_storage storage{};
  std::memcpy(&storage, &in, sizeof in);
  return Endpoint(storage);
}

Endpoint v6(const char* address, std::uint16_t port) {
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  REQUIRE(::inet_pton(AF_INET6, address, &in.sin6_addr) == 1);
  sockaddr_storage storage{};
  std::memcpy(&storage, &in, sizeof in);
  return Endpoint(storage);
}

}  // namespace

TEST_CASE("an endpoint is written as people write it", "[endpoint]") {
  CHECK(v4("203.0.113.7", 51512).to_string() == "203.0.113.7:51512");
  CHECK(v6("2001:db8::7", 443).to_string() == "[2001:db8::7]:443");
  CHECK(v6("::1", 0).to_string() == "[::1]:0");
  CHECK(Endpoint().to_string() == "unknown");
  CHECK(v4("255.255.255.255", 65535).port() == 65535);
  CHECK(v6("::", 7).port() == 7);
  CHECK(Endpoint().port() == 0);
}

TEST_CASE("an IPv4 address mapped into IPv6 is an IPv4 address", "[endpoint]") {
  const Endpoint mapped = v6("::ffff:203.0.113.7", 51512);
  CHECK(mapped.family() == AF_INET);
  CHECK(mapped.port() == 51512);
  CHECK(mapped.to_string() == "203.0.113.7:51512");
}

TEST_CASE("a socket's two ends name each other", "[endpoint]") {
  const tests::SocketPair pair = tests::tcp_pair();
  const std::string ours = Endpoint::of_socket(pair.ours.get()).to_string();
  const std::string theirs = Endpoint::of_peer(pair.ours.get()).to_string();
  CHECK(ours != theirs);
  CHECK(ours == Endpoint::of_peer(pair.theirs.get()).to_string());
  CHECK(theirs == Endpoint::of_socket(pair.theirs.get()).to_string());
  CHECK(ours.substr(0, 10) == "127.0.0.1:");
}

TEST_CASE("a Unix socket is only named, and what is no connected socket is unknown", "[endpoint]") {
  const tests::SocketPair pair = tests::unix_pair();
  CHECK(Endpoint::of_peer(pair.ours.get()).to_string() == "unix");
  CHECK(Endpoint::of_peer(pair.ours.get()).port() == 0);
  const tests::TcpListener listener;
  CHECK(Endpoint::of_peer(listener.fd()).to_string() == "unknown");
  CHECK(Endpoint::of_peer(-1).to_string() == "unknown");
}
