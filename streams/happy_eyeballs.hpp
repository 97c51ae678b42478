// Happy Eyeballs: which of a name's addresses answers, found out without waiting for those that do
// not. asyncio's open_connection(happy_eyeballs_delay=0.25, interleave=1). The loop's thread.
#pragma once

#include <chrono>
#include <vector>

#include "streams/connection.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/open_connection.hpp"
#include "streams/socket_options.hpp"
#include "streams/task.hpp"

namespace streams {

/// How long an attempt has before the next one begins beside it. RFC 8305, section 5.
inline constexpr std::chrono::milliseconds connection_attempt_delay{250};

/// IPv6 and IPv4 in turn, beginning with the first one's, each otherwise in the order it had. RFC
/// 8305, section 4. Throws std::bad_alloc.
std::vector<Endpoint> interleave(const std::vector<Endpoint>& endpoints);

/// Connects to the first of `endpoints` that answers, beginning with the next one when an attempt
/// has failed or lasts longer than its delay. When none does, the error of the last to fail;
/// std::errc::invalid_argument when there are none. No time-out of its own. Cancelling the awaiting
/// scope ends every attempt, and gives std::errc::operation_canceled. Throws std::system_error when
/// the loop cannot watch a socket, and std::bad_alloc; the attempts have ended then.
Task<Opened> connect_to_first(EventLoop& loop, std::vector<Endpoint> endpoints,
                              StreamOptions options = {}, SocketOptions socket = {});

}  // namespace streams
