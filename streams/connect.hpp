// connect: one attempt to reach an endpoint, for those who make many connections: the name is
// resolved already, the source can be chosen, and where the kernel connects at once, as it does on
// one machine, nothing waits and nothing is allocated but the Connection. The loop's thread.
#pragma once

#include <optional>
#include <system_error>

#include "streams/connection.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/open_connection.hpp"
#include "streams/socket_options.hpp"
#include "streams/task.hpp"
#include "streams/unique_fd.hpp"

namespace streams {

/// What a connection is begun with.
struct ConnectOptions {
  ConnectOptions() = default;
  /// The address to come from; its port is 0 for any. The kernel then picks the port together with
  /// the target, so that each target has all ports (IP_BIND_ADDRESS_NO_PORT of ip(7)).
  std::optional<Endpoint> source;
  /// Set before connect(2).
  SocketOptions socket;
};

/// A socket on its way. `ec` is none when it is connected, std::errc::operation_in_progress while
/// it is not yet, else why it never will be.
struct Connecting {
  Connecting() = default;
  /// See above.
  std::error_code ec;
  /// The socket, non-blocking; none where it can never be connected.
  UniqueFd fd;
};

/// Starts to connect to `peer`, an IPv4 or IPv6 endpoint. Never waits, throws nothing.
Connecting begin_connect(const Endpoint& peer, const ConnectOptions& options) noexcept;

/// Waits as long as it is in progress, and puts streams on it. No time-out of its own. Cancelling
/// the awaiting scope ends the attempt with std::errc::operation_canceled. Throws std::system_error
/// when the loop cannot watch the socket, and std::bad_alloc.
Task<Opened> finish_connect(EventLoop& loop, Connecting connecting, Endpoint peer,
                            StreamOptions options = {});

}  // namespace streams
