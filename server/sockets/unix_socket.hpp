// Listening on a path of the file system. Any thread; waits for nobody, but for a moment for others
// who do the same in the same folder.
#pragma once

#include <string>

#include "server/sockets/bound_socket.hpp"
#include "server/sockets/unix_access.hpp"

namespace server::sockets {

/// Binds and listens. A socket left behind by a process that is gone is replaced; of several who
/// try at once, one has the path. Nobody connects before mode and group are right. Throws
/// BindError, or std::system_error.
BoundSocket bind_unix(const std::string& path, int backlog, const UnixAccess& access);

}  // namespace server::sockets
