#include "server/sockets/tcp_sockets.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "streams/address.hpp"
#include "tests/catch.hpp"

using server::sockets::bind_tcp;
using server::sockets::BindError;
using server::sockets::option_advice;
using server::sockets::tcp_advice;
using server::sockets::TcpSockets;
using streams::Endpoint;

namespace {

Endpoint at(const char* host, std::uint16_t port = 0) {
  const auto endpoint = Endpoint::of_literal({host, port});
  INFO(host);
  REQUIRE(endpoint);
  return *endpoint;
}

Endpoint where(const server::sockets::BoundSocket& socket) {
  return Endpoint::of_socket(socket.fd.get());
}

int error_of(const std::vector<Endpoint>& endpoints) {
  try {
    bind_tcp(endpoints, 5, true);
  } catch (const BindError& error) {
    return error.code().value();
  }
  return 0;
}

// None where this machine has IPv6 switched off.
bool has_ipv6() { return error_of({at("::1")}) == 0; }

}  // namespace

TEST_CASE("all addresses of a name are listened on, with port 0 on the same port",
          "[tcp_sockets]") {
  const std::vector<Endpoint> endpoints{at("127.0.0.1"), at("127.0.0.2"), at("127.0.0.3")};
  const TcpSockets bound = bind_tcp(endpoints, 5, true);
  REQUIRE(bound.sockets.size() == 3);
  const std::uint16_t port = where(bound.sockets[0]).port();
  CHECK(port != 0);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    CHECK(where(bound.sockets[i]) == endpoints[i].with_port(port));
  }
  CHECK(bound.skipped.empty());
}

TEST_CASE("an address that this host does not have is skipped, if there is another",
          "[tcp_sockets]") {
  for (const auto& endpoints : {std::vector{at("203.0.113.1"), at("127.0.0.1")},
                                std::vector{at("127.0.0.1"), at("203.0.113.1")}}) {
    const TcpSockets bound = bind_tcp(endpoints, 5, true);
    REQUIRE(bound.sockets.size() == 1);
    CHECK(where(bound.sockets[0]).to_string().starts_with("127.0.0.1:"));
    REQUIRE(bound.skipped.size() == 1);
    CHECK(bound.skipped[0].endpoint == at("203.0.113.1"));
    CHECK(bound.skipped[0].code().value() == EADDRNOTAVAIL);
  }
  CHECK(error_of({at("203.0.113.1"), at("203.0.113.2")}) == EADDRNOTAVAIL);
}

TEST_CASE("any other failure of one address is one of all, which are free again then",
          "[tcp_sockets]") {
  const TcpSockets other = bind_tcp(std::vector{at("127.0.0.2")}, 5, true);
  const std::uint16_t port = where(other.sockets[0]).port();
  CHECK(error_of({at("127.0.0.1", port), at("127.0.0.2", port)}) == EADDRINUSE);
  CHECK(error_of({at("127.0.0.1", port)}) == 0);
}

TEST_CASE("an IPv6 wildcard takes IPv4 as well, unless it is not to", "[tcp_sockets]") {
  if (!has_ipv6()) {
    WARN("not shown: this machine has no IPv6");
    return;
  }
  for (const bool only : {false, true}) {
    const TcpSockets every = bind_tcp(std::vector{at("::")}, 5, only);
    const std::uint16_t port = where(every.sockets[0]).port();
    CHECK(error_of({at("127.0.0.1", port)}) == (only ? 0 : EADDRINUSE));
  }
}

TEST_CASE("connections have no delay of small segments, and keep urgent data in the stream",
          "[tcp_sockets]") {
  const TcpSockets bound = bind_tcp(std::vector{at("127.0.0.1")}, 5, true);
  const auto option = [&bound](int level, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    ::getsockopt(bound.sockets[0].fd.get(), level, name, &value, &size);
    return value;
  };
  CHECK(option(IPPROTO_TCP, 1) == 1);  // TCP_NODELAY
  CHECK(option(SOL_SOCKET, SO_OOBINLINE) == 1);
}

TEST_CASE("an option that is refused is named by its key, with what to do", "[tcp_sockets]") {
  streams::SocketOptions options;
  options.device = "nowhere0";
  try {
    bind_tcp(std::vector{at("127.0.0.1")}, 5, true, options);
    FAIL("it is bound");
  } catch (const BindError& error) {
    CHECK(error.text() ==
          "No such device (device = \"nowhere0\": this machine has no such interface: \"ip link\" "
          "lists those it has)");
  }
  CHECK(option_advice("mss", EINVAL, options) == "the key mss");
  CHECK(option_advice("device", EPERM, options).find("CAP_NET_RAW") != std::string::npos);
}

TEST_CASE("what a wildcard of the same name has already is not bound again", "[tcp_sockets]") {
  const std::vector<Endpoint> all{at("127.0.0.1"), at("0.0.0.0"), at("127.0.0.2")};
  const TcpSockets bound = bind_tcp(all, 1, true);
  REQUIRE(bound.sockets.size() == 1);
  CHECK(where(bound.sockets.front()) == at("0.0.0.0", where(bound.sockets.front()).port()));
  CHECK(bound.skipped.empty());
  if (!has_ipv6()) return;
  CHECK(bind_tcp(std::vector{at("::"), at("127.0.0.1")}, 1, true).sockets.size() == 2);
  CHECK(bind_tcp(std::vector{at("0.0.0.0"), at("::")}, 1, false).sockets.size() == 1);
}

TEST_CASE("the advice fits the error and the address", "[tcp_sockets]") {
  struct Row {
    int error;
    const char* host;
    std::uint16_t port;
    std::string part;  // of the advice; empty for none
  };
  const Row rows[] = {
      {EADDRINUSE, "127.0.0.1", 7, "stop it or choose another port"},
      {EADDRINUSE, "127.0.0.1", 0, "no port is free"},
      {EACCES, "127.0.0.1", 7, "CAP_NET_BIND_SERVICE"},
      {EACCES, "127.0.0.1", 7007, "security policy"},
      {EPERM, "127.0.0.1", 7007, "SocketBindDeny="},
      {EADDRNOTAVAIL, "203.0.113.1", 7, "no interface of this machine has that address"},
      {EAFNOSUPPORT, "::1", 7, "RestrictAddressFamilies="},
      {EINVAL, "fe80::1", 7, "[fe80::1%eth0]:7007"},
      {EINVAL, "fe80::1%1", 7, ""},
      {EINVAL, "ff02::1", 7, "multicast"},
      {EINVAL, "::1", 7, ""},
      {ENODEV, "fe80::1%4000000000", 7, "no interface of that number"},
      {EMFILE, "::1", 7, "LimitNOFILE="},
      {EIO, "::1", 7, ""},
  };
  for (const Row& row : rows) {
    const std::string advice = tcp_advice(row.error, at(row.host, row.port));
    INFO(row.error << ' ' << row.host << ": " << advice);
    CHECK(advice.empty() == row.part.empty());
    CHECK(advice.find(row.part) != std::string::npos);
  }
}
