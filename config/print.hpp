// The effective configuration as a file that says the same. Pure function, any thread.
#pragma once

#include <string>

#include "config/config.hpp"

namespace config {

/// TOML that load_text() reads back to an equal Config, if `config` keeps to the ranges and its
/// strings are UTF-8. A listener's limits appear where they differ from [limits].
std::string to_toml(const Config& config);

}  // namespace config
