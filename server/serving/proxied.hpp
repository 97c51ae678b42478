// How a connection of a listener behind proxies begins: the header of the PROXY protocol is read,
// the client that it names takes the proxy's place as the peer, and is held against [access]. Runs
// before the protocol's handler, on the session's thread; other listeners have none of it.
#pragma once

#include <cstdint>
#include <optional>
#include <system_error>

#include "server/admission/ticket.hpp"
#include "server/serving/listener.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/faults/identity.hpp"
#include "streams/stream_reader.hpp"
#include "streams/stream_writer.hpp"
#include "streams/task.hpp"

namespace server::serving {

class Acceptor;

/// What a session behind a proxy knows besides.
struct Proxied {
  std::optional<streams::Endpoint> proxy;  ///< none where it speaks for itself
  std::uint64_t header = 0;                ///< bytes of the header
  std::optional<faults::Identity> faulty;  ///< until its protocol begins
};

/// Reads the header and nothing behind it; all outlive the task. What came of it:
///
///     none                            the client is the writer's peer
///     proxy_header::Fault             what came is no header
///     std::errc::timed_out            none came in proxy_timeout
///     Error::incomplete_read          the connection ended within it
///     Error::end_of_stream            it ended before the first byte
///     std::errc::permission_denied    [access] refuses the client, who has been told
///     another                         of the connection, or no memory
///
/// Of an `acceptor` that is nullptr no admission is asked.
streams::Task<std::error_code> take_header(streams::EventLoop& loop, streams::StreamReader& reader,
                                           streams::StreamWriter& writer, const Listener& listener,
                                           Acceptor* acceptor, admission::Ticket& ticket);

/// In words for the log, for the errors of which somebody has to mend something; else empty.
std::string what_is_wrong(const std::error_code& error);

}  // namespace server::serving
