#include "server/sockets/tcp_sockets.hpp"

#include <cerrno>
#include <utility>

#include "streams/listen.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/shortage.hpp"
#include "streams/text/socket_option.hpp"

namespace server::sockets {
namespace {

BindError bind_error(const streams::ListenError& error, const streams::SocketOptions& options) {
  const int number = error.code().value();
  if (!error.option.empty()) {
    return {number, option_advice(error.option, number, options), error.endpoint};
  }
  return {number, tcp_advice(number, error.endpoint), error.endpoint};
}

bool is_privileged(std::uint16_t port) noexcept { return port != 0 && port < 1024; }

}  // namespace

TcpSockets bind_tcp(std::span<const streams::Endpoint> endpoints, int backlog, bool ipv6_only,
                    const streams::SocketOptions& options) try {
  streams::Listening listening = streams::listen_tcp(endpoints, backlog, ipv6_only, options);
  TcpSockets bound;
  for (streams::UniqueFd& fd : listening.sockets) bound.sockets.emplace_back().fd = std::move(fd);
  for (const streams::ListenError& error : listening.skipped) {
    bound.skipped.push_back(bind_error(error, options));
  }
  return bound;
} catch (const streams::ListenError& error) {
  throw bind_error(error, options);
}

std::string tcp_advice(int error, const streams::Endpoint& endpoint) {
  switch (error) {
    case EADDRINUSE:
      return endpoint.port() == 0
                 ? "no port is free"
                 : "another process uses that port: stop it or choose another port";
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
      return endpoint.is_multicast() ? "no connection can be made to a multicast address" : "";
    default: return std::string(text::remedy(error));
  }
}

std::string option_advice(std::string_view option, int error,
                          const streams::SocketOptions& options) {
  std::string advice(option);
  if (option == "device") advice += " = " + text::quoted(options.device);
  const std::string remedy = text::option_remedy(option, error);
  return remedy.empty() ? "the key " + advice : advice + ": " + remedy;
}

}  // namespace server::sockets
