// resolve: a host's name to the endpoints it has, without blocking the loop; asyncio's
// loop.getaddrinfo(). The loop's thread.
//
// getaddrinfo(3) cannot be called back, so each name is looked up by to_thread(), on a thread of
// its own. Who gives up does not wait for it. An address in figures needs no thread.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace streams {

/// What getaddrinfo(3) says of a name.
struct LookUp {
  LookUp() = default;
  int error = 0;   ///< 0 or EAI_*
  int system = 0;  ///< errno, with EAI_SYSTEM
  /// In the resolver's order.
  std::vector<Endpoint> endpoints;
};
/// Waits for the name server, for as long as that takes: for a thread that may. `flags` are AI_*.
/// Throws std::bad_alloc.
LookUp look_up(const std::string& host, std::uint16_t port, int flags = 0);

/// What resolve() has found.
struct Resolved {
  Resolved() = default;
  std::error_code ec;  ///< the resolver's
  /// Empty where there is an error.
  std::vector<Endpoint> endpoints;
};

/// All endpoints of the name, for connecting or for binding, in the resolver's order. An error when
/// there is none. std::errc::operation_canceled at once when the awaiting scope is cancelled;
/// std::errc::resource_unavailable_try_again when there can be no thread, device_or_resource_busy
/// when too many look-ups that were given up have not ended yet. Throws std::bad_alloc.
Task<Resolved> resolve(EventLoop& loop, HostPort address);

}  // namespace streams
