// The effective configuration as a file that says the same. Pure function, any thread.
#pragma once

#include <string>

#include "config/config.hpp"
#include "config/protocol.hpp"

namespace config {

/// TOML that load_text(), with the same protocols, reads back to an equal Config, if `config` keeps
/// to the ranges and its strings are UTF-8. A listener's limits appear where they differ from
/// [limits].
std::string to_toml(const Config& config, Protocols protocols);

}  // namespace config
