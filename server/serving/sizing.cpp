#include "server/serving/sizing.hpp"

#include <algorithm>
#include <thread>

#include "server/admission/admission.hpp"
#include "server/protocols/protocol.hpp"

namespace server::serving {

std::size_t worker_count(const config::Config& config) noexcept {
  if (config.workers != 0) return config.workers;
  return std::max(1U, std::thread::hardware_concurrency());
}

std::size_t reserved_files(const config::Config& config, std::size_t sockets) noexcept {
  std::size_t own = 0;
  for (const config::Listener& listener : config.listeners) {
    const protocols::Protocol* const protocol = protocols::find_protocol(listener.protocol);
    if (protocol == nullptr || !protocol->own) continue;
    if (own == 0) own = admission::Places::max_refusals;
    own += listener.limits.max_connections;
  }
  return 16 + 4 * worker_count(config) + sockets + admission::Places::max_refusals + own;
}

}  // namespace server::serving
