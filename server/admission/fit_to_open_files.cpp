#include "server/admission/fit_to_open_files.hpp"

#include "server/process/open_files.hpp"

namespace server::admission {

config::Config fit_to_open_files(config::Config config, std::size_t reserved, insight::Log& log) {
  const std::size_t available = process::raise_open_files();
  const std::size_t possible = available > reserved ? available - reserved : 1;
  if (config.limits.max_connections > possible) {
    log.warning("max-connections-lowered",
                {{"from", std::uint64_t{config.limits.max_connections}},
                 {"to", std::uint64_t{possible}},
                 {"why", "the limit on open files; raise it with LimitNOFILE= or ulimit -n"}});
    config.limits.max_connections = possible;
  }
  process::grow_descriptor_table(config.limits.max_connections + reserved);
  return config;
}

}  // namespace server::admission
