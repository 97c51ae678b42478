// Listening on TCP. Any thread; waits for nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/sockets/bind_error.hpp"
#include "server/sockets/bound_socket.hpp"
#include "streams/endpoint.hpp"
#include "streams/socket_options.hpp"

namespace server::sockets {

struct TcpSockets {
  std::vector<BoundSocket> sockets;  ///< at least one
  std::vector<BindError> skipped;    ///< endpoints that this host does not have
};

/// Binds and listens on each of `endpoints`, which are all that one address stands for: with port 0
/// all have the same. Those that this host does not have are skipped, as long as it has one of
/// them. Connections inherit `options`. Throws a BindError with its endpoint; nothing is bound
/// then.
TcpSockets bind_tcp(std::span<const streams::Endpoint> endpoints, int backlog, bool ipv6_only,
                    const streams::SocketOptions& options = {});

/// What to do about such an error; empty where nothing is known to help.
std::string tcp_advice(int error, const streams::Endpoint& endpoint);

/// Which option is at fault, by its key, and what to do: `device = "eth7": this machine ...`.
std::string option_advice(std::string_view option, int error,
                          const streams::SocketOptions& options);

}  // namespace server::sockets
