// The listeners that [admin] and [metrics] make. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/protocol.hpp"

namespace config {

/// Adds to `config`'s listeners, behind the others, one for each own protocol whose table has an
/// address, under its name, or with -2 and so on where another listener has that name. What is in
/// the way of one: a line each, and then it is not added.
std::vector<std::string> add_own_listeners(Config& config, Protocols protocols);

/// Whether others than this host's users may be able to connect there, as far as the address tells.
bool is_reachable_from_outside(const std::string& address);

}  // namespace config
