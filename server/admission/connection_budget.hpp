// How many connections the limit on open files allows.
#pragma once

#include <cstddef>

#include "config/config.hpp"
#include "server/insight/log.hpp"

namespace server::admission {

/// Makes the descriptor table large enough for them at once. `config` with max_connections lowered
/// to what the process's limit on open files, raised as far as that is allowed, leaves over beside
/// `reserved` descriptors; lowering it is logged.
config::Config within_open_files(config::Config config, std::size_t reserved, insight::Log& log);

}  // namespace server::admission
