// How many connections the limit on open files allows.
#pragma once

#include "config/config.hpp"
#include "server/logging.hpp"

namespace server {

/// `config` with max_connections lowered to what the process's limit on open files, raised as far
/// as that is allowed, leaves over; lowering it is logged.
config::Config within_open_files(config::Config config, Log& log);

}  // namespace server
