// A Listener: what one [[listener]] of the configuration became, for its acceptor and its sessions.
// Constant while the server runs; outlives both.
#pragma once

#include <cstdint>

#include "config/config.hpp"
#include "server/protocols/context.hpp"
#include "server/protocols/protocol.hpp"
#include "streams/endpoint.hpp"
#include "streams/semaphore.hpp"
#include "streams/unique_fd.hpp"

namespace server {

struct Listener {
  config::Listener settings;
  const protocols::Protocol& protocol;
  protocols::Context context;
};

/// A connection on its way from the acceptor to the worker that will serve it.
struct Accepted {
  std::uint64_t id;  ///< unique while the server runs; appears in logs
  streams::UniqueFd socket;
  streams::Endpoint peer;
  const Listener& listener;
  streams::Permit permit;           ///< one of the server's max_connections
  streams::Permit listener_permit;  ///< one of the listener's own, where it has fewer
  bool refused;                     ///< there was no permit: say so and close
};

}  // namespace server
