// resolve: a host's name to the endpoints it has, without blocking the loop; asyncio's
// loop.getaddrinfo(). The loop's thread; cancelling the awaiting scope gives up.
#pragma once

#include <system_error>
#include <vector>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace streams {

struct Resolved {
  std::error_code ec;  ///< the resolver's
  std::vector<Endpoint> endpoints;
};

/// In the resolver's order.
Task<Resolved> resolve(EventLoop& loop, HostPort address);

}  // namespace streams
