// Listening on TCP. Any thread; waits for nothing.
#pragma once

#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "server/sockets/bound_socket.hpp"
#include "streams/address.hpp"
#include "streams/endpoint.hpp"

namespace server::sockets {

/// An endpoint that was not listened on, and why.
struct Skipped {
  streams::Endpoint endpoint;
  int error = 0;  ///< errno
};

struct TcpSockets {
  std::vector<BoundSocket> sockets;  ///< at least one
  std::vector<Skipped> skipped;      ///< those that this host does not have
};

/// An endpoint could not be listened on; what() is the system's text.
class EndpointError : public std::system_error {
 public:
  EndpointError(int error, const streams::Endpoint& its_endpoint)
      : std::system_error(error, std::system_category()), endpoint(its_endpoint) {}
  streams::Endpoint endpoint;
};

/// Binds and listens on each of `endpoints`, which are all that one address stands for: with port 0
/// all have the same. Those that this host does not have are skipped, as long as it has one of
/// them. Throws EndpointError; nothing is bound then.
TcpSockets bind_tcp(std::span<const streams::Endpoint> endpoints, int backlog, bool ipv6_only);

/// What to do about an EndpointError; empty where nothing is known to help.
std::string tcp_advice(int error, const streams::Endpoint& endpoint);

}  // namespace server::sockets
