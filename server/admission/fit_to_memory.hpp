// What the buffers of all connections may take, where the configuration leaves that to the machine.
#pragma once

#include "config/config.hpp"
#include "server/insight/log.hpp"

namespace server::admission {

/// `config` with a max_memory of its own: where it is 0, a quarter of what the process may use.
/// Says so where that is less than the machine has. Any thread.
config::Config fit_to_memory(config::Config config, insight::Log& log);

}  // namespace server::admission
