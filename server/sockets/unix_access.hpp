// Who may connect to a Unix socket. Any thread; looks the name of a group up.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

namespace server::sockets {

/// What is not set is left to the process's umask and group.
struct UnixAccess {
  std::optional<mode_t> mode;
  std::optional<gid_t> group;
};

/// From a listener's `mode`, "0660", and `group`, a name or a number; either may be empty. Throws
/// std::runtime_error where there is no such group, or the process is not in it.
UnixAccess unix_access(const std::string& mode, const std::string& group);

}  // namespace server::sockets
