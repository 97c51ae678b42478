// How many threads and descriptors a configuration takes. Any thread.
#pragma once

#include <cstddef>

#include "config/config.hpp"

namespace server::serving {

/// How many workers the configuration asks for: its number, or one per core.
std::size_t worker_count(const config::Config& config) noexcept;

/// How many descriptors the process needs beside one a connection: standard streams, log, signals,
/// so many listening `sockets`, a few a worker, those who are being told that the server is full,
/// and the connections of the daemon's own business.
std::size_t reserved_files(const config::Config& config, std::size_t sockets) noexcept;

}  // namespace server::serving
