#include "server/admission/fit_to_memory.hpp"

#include <algorithm>

#include "server/process/memory_limit.hpp"

namespace server::admission {

config::Config fit_to_memory(config::Config config, insight::Log& log) {
  if (config.budget.max_memory != 0) return config;
  const process::MemoryLimit limit = process::memory_limit();
  const std::uint64_t quarter = std::max(limit.bytes / 4, std::uint64_t{config::least_memory});
  config.budget.max_memory = static_cast<std::size_t>(quarter);
  if (limit.by != "ram") {
    log.info("memory-limited", {{"by", limit.by}, {"bytes", limit.bytes}, {"max_memory", quarter}});
  }
  return config;
}

}  // namespace server::admission
