// open_connection: asyncio's word for resolving a name, connecting and putting streams on it. The
// loop's thread; cancelling the awaiting scope ends the attempt.
#pragma once

#include <memory>
#include <system_error>

#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace streams {

struct Opened {
  std::error_code ec;  ///< the resolver's, or that of the last address tried
  std::unique_ptr<Connection> connection;
};

/// Takes the first address of the name to answer (happy_eyeballs.hpp). No time-out of its own.
Task<Opened> open_connection(EventLoop& loop, const Address& address, StreamOptions options = {});

}  // namespace streams
