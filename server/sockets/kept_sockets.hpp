// Which sockets stay open over a reload. Pure, any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "config/config.hpp"

namespace server::sockets {

/// For each listener of `wanted`, which of those that listen has the socket that it goes on with,
/// with everybody who waits in its backlog: the one of the same address, however that is spelt.
/// Where an address alone does not tell (port 0, systemd), the name has to be the same as well.
/// None: a socket has to be bound.
std::vector<std::optional<std::size_t>> kept_sockets(std::span<const config::Listener> present,
                                                     std::span<const config::Listener> wanted);

}  // namespace server::sockets
