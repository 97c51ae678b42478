#include "server/connection_budget.hpp"

#include "server/open_files.hpp"
#include "server/server.hpp"

namespace server {
namespace {

// Beside one descriptor a connection: standard streams, log, signals, a few a worker, and those who
// are being told that the server is full.
std::size_t reserved_files(const config::Config& config) {
  return 16 + 4 * worker_count(config) + config.listeners.size() + Server::max_refusals;
}

}  // namespace

config::Config within_open_files(config::Config config, Log& log) {
  const std::size_t available = raise_open_files();
  const std::size_t reserved = reserved_files(config);
  const std::size_t possible = available > reserved ? available - reserved : 1;
  if (config.limits.max_connections > possible) {
    log.warning("max-connections-lowered",
                {{"from", std::uint64_t{config.limits.max_connections}},
                 {"to", std::uint64_t{possible}},
                 {"why", "the limit on open files; raise it with LimitNOFILE= or ulimit -n"}});
    config.limits.max_connections = possible;
  }
  return config;
}

}  // namespace server
