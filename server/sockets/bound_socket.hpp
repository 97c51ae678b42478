// A BoundSocket: one that listens already and that nobody accepts from yet, bound by us or
// inherited from the service manager. A value with one owner; any thread.
#pragma once

#include <string>

#include "streams/owned_path.hpp"
#include "streams/socket_options.hpp"
#include "streams/unique_fd.hpp"

namespace server::sockets {

struct BoundSocket {
  streams::UniqueFd fd;     ///< non-blocking, close-on-exec
  streams::OwnedPath path;  ///< a Unix socket's, where we made it
  bool inherited = false;   ///< it outlives the daemon, with all who wait in its backlog
};

/// Takes over a listening stream socket, with `options` where it is of TCP. Throws
/// std::system_error, of these a streams::SocketOptionError.
BoundSocket adopt_socket(streams::UniqueFd fd, const streams::SocketOptions& options);

/// Where a socket listens, in the form that streams::parse_address() reads, with the port that the
/// kernel chose for port 0. A name in the abstract namespace is unix:@NAME.
std::string socket_address(int fd);

}  // namespace server::sockets
