// Fits max_connections to the limit on open files: raises the limit, lowers the number and logs
// that, and grows the kernel's table. The main thread; may hold it for milliseconds.
#pragma once

#include <cstddef>

#include "config/config.hpp"
#include "server/insight/log.hpp"

namespace server::admission {

/// `config` with max_connections lowered to what the process's limit on open files, raised as far
/// as that is allowed, leaves over beside `reserved` descriptors.
config::Config fit_to_open_files(config::Config config, std::size_t reserved, insight::Log& log);

}  // namespace server::admission
