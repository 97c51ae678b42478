#include "streams/endpoint.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <net/if.h>
#include <random>
#include <string>

#include "streams/address.hpp"
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

Endpoint v6(const char* address, std::uint16_t port, std::uint32_t scope_id = 0) {
  sockaddr_in6 in{};
  in.sin6_scope_id = scope_id;
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  REQUIRE(::inet_pton(AF_INET6, address, &in.sin6_addr) == 1);
  sockaddr_storage storage{};
  std::memcpy(&storage, &in, sizeof in);
  return Endpoint(storage);
}

Endpoint literal(const std::string& text) {
  const streams::ParsedAddress parsed = streams::parse_address(text);
  INFO(text << ": " << parsed.error);
  REQUIRE(parsed);
  const auto endpoint = Endpoint::of_literal(std::get<streams::HostPort>(parsed.address));
  REQUIRE(endpoint);
  return *endpoint;
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

TEST_CASE("an IP address is sixteen bytes, an IPv4 one as it is mapped into IPv6", "[endpoint]") {
  using Bytes = std::array<std::uint8_t, 16>;
  const Bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 7};
  CHECK(v4("203.0.113.7", 80).ip() == mapped);
  CHECK(v6("::ffff:203.0.113.7", 80).ip() == mapped);
  CHECK(v6("2001:db8::7", 80).ip() ==
        Bytes{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7});
  CHECK_FALSE(Endpoint().ip());
}

TEST_CASE("a zone is the interface's name, or its number where it has none", "[endpoint]") {
  const unsigned loopback = ::if_nametoindex("lo");
  REQUIRE(loopback != 0);
  CHECK(v6("fe80::1", 7, loopback).to_string() == "[fe80::1%lo]:7");
  CHECK(v6("fe80::1", 7, 4'000'000'000).to_string() == "[fe80::1%4000000000]:7");
  CHECK(v6("fe80::1", 7).to_string() == "[fe80::1]:7");
}

TEST_CASE("endpoints are equal by family, address, zone and port", "[endpoint]") {
  const Endpoint all[] = {Endpoint(),         v4("127.0.0.1", 7),  v4("127.0.0.2", 7),
                          v4("127.0.0.1", 8), v6("::1", 7),        v6("::2", 7),
                          v6("::1", 8),       v6("fe80::1", 7, 1), v6("fe80::1", 7, 2),
                          v6("fe80::1", 7),   v6("::127.0.0.1", 7)};
  for (std::size_t i = 0; i < std::size(all); ++i) {
    for (std::size_t j = 0; j < std::size(all); ++j) {
      INFO(all[i].to_string() << " and " << all[j].to_string());
      CHECK((all[i] == all[j]) == (i == j));
    }
  }
  CHECK(v6("::ffff:127.0.0.1", 7) == v4("127.0.0.1", 7));
}

TEST_CASE("another port changes nothing but the port", "[endpoint]") {
  CHECK(v4("127.0.0.1", 7).with_port(65535) == v4("127.0.0.1", 65535));
  CHECK(v6("fe80::1", 7, 3).with_port(0) == v6("fe80::1", 0, 3));
  CHECK(Endpoint().with_port(7) == Endpoint());
}

TEST_CASE("whatever an endpoint is, what it is written as reads back as the same", "[endpoint]") {
  std::mt19937 engine(7);
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  const auto byte = [&random] { return static_cast<std::uint8_t>(random()); };
  for (int i = 0; i < 20'000; ++i) {
    sockaddr_storage storage{};
    if (i % 2 == 0) {
      auto* const in = reinterpret_cast<sockaddr_in*>(&storage);
      in->sin_family = AF_INET;
      in->sin_port = static_cast<std::uint16_t>(random());
      in->sin_addr.s_addr = random() % 3 == 0 ? random() & htonl(0xff0000ff) : random();
    } else {
      auto* const in = reinterpret_cast<sockaddr_in6*>(&storage);
      in->sin6_family = AF_INET6;
      in->sin6_port = static_cast<std::uint16_t>(random());
      // Runs of zeros, and the mapped and compatible forms, are what its text has special cases
      // for.
      for (std::uint8_t& part : in->sin6_addr.s6_addr) part = random() % 3 == 0 ? byte() : 0;
      if (random() % 4 == 0) in->sin6_addr.s6_addr[10] = in->sin6_addr.s6_addr[11] = 0xff;
      if (random() % 4 == 0) in->sin6_scope_id = random() % 2 == 0 ? random() : random() % 4;
    }
    const Endpoint endpoint(storage);
    const std::string text = endpoint.to_string();
    INFO(text);
    REQUIRE(literal(text) == endpoint);
  }
}

TEST_CASE("a literal has its zone by name or number; a name or an unknown zone is none",
          "[endpoint]") {
  const unsigned loopback = ::if_nametoindex("lo");
  CHECK(literal("[fe80::1%lo]:7") == v6("fe80::1", 7, loopback));
  CHECK(literal("[fe80::1%4000000000]:7") == v6("fe80::1", 7, 4'000'000'000));
  CHECK(literal("[::ffff:127.0.0.1]:7") == v4("127.0.0.1", 7));
  for (const char* host : {"localhost", "fe80::1%no-such-zone", "fe80::1%0", "fe80::1%99999999999",
                           "fe80::1%1x", "::1%", "127.0.0.1.5", ""}) {
    INFO(host);
    CHECK_FALSE(Endpoint::of_literal({host, 7}));
  }
}

TEST_CASE("what an address is for can be told from it", "[endpoint]") {
  struct Row {
    const char* text;
    bool unspecified, multicast, link_local;
  };
  for (const Row& row :
       {Row{"0.0.0.0:7", true, false, false}, Row{"[::]:7", true, false, false},
        Row{"224.0.0.1:7", false, true, false}, Row{"[ff02::1]:7", false, true, false},
        Row{"[fe80::1]:7", false, false, true}, Row{"[fe80::1%lo]:7", false, false, true},
        Row{"127.0.0.1:7", false, false, false}, Row{"169.254.0.1:7", false, false, false}}) {
    INFO(row.text);
    const Endpoint endpoint = literal(row.text);
    CHECK(endpoint.is_unspecified() == row.unspecified);
    CHECK(endpoint.is_multicast() == row.multicast);
    CHECK(endpoint.is_link_local() == row.link_local);
  }
  CHECK_FALSE(Endpoint().is_unspecified());
}

TEST_CASE("an endpoint knows whether it is of this host alone", "[endpoint]") {
  for (const char* const text :
       {"127.0.0.1:7", "127.255.1.2:7", "[::1]:7", "[::ffff:127.0.0.1]:7"}) {
    INFO(text);
    CHECK(literal(text).is_loopback());
  }
  for (const char* const text :
       {"0.0.0.0:7", "128.0.0.1:7", "[::]:7", "[fe80::1]:7", "[::ffff:10.0.0.1]:7"}) {
    INFO(text);
    CHECK_FALSE(literal(text).is_loopback());
  }
  CHECK_FALSE(Endpoint().is_loopback());
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
