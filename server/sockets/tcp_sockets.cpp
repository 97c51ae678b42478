#include "server/sockets/tcp_sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

namespace server::sockets {
namespace {

/// A port that is free on the first address may be taken on another. With nearly all ports taken,
/// this many tries still find one that is free on two.
constexpr int max_port_choices = 64;

BindError bind_error(int error, const streams::Endpoint& endpoint) {
  return {error, tcp_advice(error, endpoint), endpoint};
}

bool is_absent(int error) noexcept { return error == EADDRNOTAVAIL || error == EAFNOSUPPORT; }

BoundSocket bind_one(const streams::Endpoint& endpoint, int backlog, bool ipv6_only) try {
  BoundSocket socket;
  socket.fd = open_socket(endpoint.family());
  const int fd = socket.fd.get();
  if (endpoint.family() == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, ipv6_only ? 1 : 0);
  set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  prepare_for_connections(fd);
  if (::bind(fd, endpoint.address(), endpoint.address_size()) != 0 || ::listen(fd, backlog) != 0) {
    throw bind_error(errno, endpoint);
  }
  return socket;
} catch (const BindError&) {
  throw;
} catch (const std::system_error& error) {
  throw bind_error(error.code().value(), endpoint);
}

TcpSockets bind_all(std::span<const streams::Endpoint> endpoints, int backlog, bool ipv6_only) {
  TcpSockets bound;
  std::uint16_t port = 0;
  for (const streams::Endpoint& endpoint : endpoints) {
    const bool chosen = endpoint.port() == 0;
    try {
      bound.sockets.push_back(
          bind_one(chosen ? endpoint.with_port(port) : endpoint, backlog, ipv6_only));
      if (chosen) port = streams::Endpoint::of_socket(bound.sockets.back().fd.get()).port();
    } catch (const BindError& error) {
      if (!is_absent(error.code().value())) throw;
      bound.skipped.push_back(bind_error(error.code().value(), endpoint));
    }
  }
  if (bound.sockets.empty()) throw bound.skipped.front();
  return bound;
}

bool is_privileged(std::uint16_t port) noexcept { return port != 0 && port < 1024; }

}  // namespace

TcpSockets bind_tcp(std::span<const streams::Endpoint> endpoints, int backlog, bool ipv6_only) {
  const bool any_port = std::all_of(endpoints.begin(), endpoints.end(),
                                    [](const auto& endpoint) { return endpoint.port() == 0; });
  for (int choices = 1;; ++choices) {
    try {
      return bind_all(endpoints, backlog, ipv6_only);
    } catch (const BindError& error) {
      const bool again = any_port && error.code().value() == EADDRINUSE;
      if (!again || choices == max_port_choices) throw;
    }
  }
}

std::string tcp_advice(int error, const streams::Endpoint& endpoint) {
  switch (error) {
    case EADDRINUSE:
      return endpoint.port() == 0 ? "the kernel finds no free port"
                                  : "another process has that port: stop it or choose another port";
    case EACCES:
      return is_privileged(endpoint.port())
                 ? "ports below 1024 need CAP_NET_BIND_SERVICE or socket activation"
                 : "a security policy of this machine forbids it";
    case EPERM: return "a rule forbids it, such as the unit's SocketBindDeny=";
    case EADDRNOTAVAIL: return "no interface of this machine has that address";
    case EAFNOSUPPORT:
      return "this machine has no such addresses, or the unit's RestrictAddressFamilies= forbids "
             "them";
    case ENODEV: return "this machine has no interface of that number";
    case EINVAL:
      if (endpoint.is_link_local() && endpoint.zone() == 0) {
        return "a link-local address needs its interface, as in [fe80::1%eth0]:7007";
      }
      return endpoint.is_multicast() ? "connections come to no multicast address" : "";
    case EMFILE: return "the limit on open files is reached: raise LimitNOFILE= or ulimit -n";
    case ENFILE: return "the system's limit on open files is reached: raise fs.file-max";
    default: return {};
  }
}

}  // namespace server::sockets
