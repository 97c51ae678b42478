// open_connection: asyncio's word for resolving a name, connecting and putting streams on it. The
// loop's thread.
#pragma once

#include <chrono>
#include <memory>
#include <system_error>

#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/socket_options.hpp"
#include "streams/task.hpp"

namespace streams {

/// What open_connection() has come to.
struct Opened {
  Opened() = default;
  std::error_code ec;  ///< the resolver's, or that of the last address tried
  /// None where there is an error.
  std::unique_ptr<Connection> connection;
  /// From the beginning of the attempt that succeeded to its end, without the look-up and without
  /// what other addresses took; of open_connection() and connect_to_first().
  std::chrono::nanoseconds handshake{0};
};

/// Takes the first address of the name to answer (happy_eyeballs.hpp). `socket` is for TCP; a Unix
/// socket has none of it. No time-out of its own.
/// Cancelling the awaiting scope ends it at once with std::errc::operation_canceled, the look-up
/// included. Throws std::system_error when the loop cannot watch the socket, and std::bad_alloc.
Task<Opened> open_connection(EventLoop& loop, Address address, StreamOptions options = {},
                             SocketOptions socket = {});

}  // namespace streams
