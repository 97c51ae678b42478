// Listeners: which sockets of this network namespace listen at a target. Asks the kernel over
// sock_diag(7), which goes through those that listen and no others; /proc/net/tcp goes through the
// table of all connections, for milliseconds even when there are none. Any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "client/load/resolved_target.hpp"

namespace client::load {

/// Their inodes, as in the "socket:[INODE]" of /proc/PID/fd. None where the kernel does not tell.
std::vector<std::uint32_t> listening_inodes(const TargetAddress& target);

}  // namespace client::load
