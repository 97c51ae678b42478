// The one place at which binding waits for the outside: a host's name to its addresses.
#pragma once

#include <vector>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"

namespace server::sockets {

/// All addresses of `address`, in the resolver's order. Waits for the name server, but
/// not for an address as written. Throws std::runtime_error.
std::vector<streams::Endpoint> look_up(const streams::HostPort& address);

}  // namespace server::sockets
