#include "server/serving/server_health.hpp"

namespace server::serving {

void ServerHealth::take_pulses() noexcept {
  for (const auto& worker : workers_) worker->take_pulse();
}

std::vector<std::uint64_t> ServerHealth::pulses() const {
  std::vector<std::uint64_t> all;
  for (const auto& worker : workers_) {
    if (!worker->has_ended()) all.push_back(worker->pulse());
  }
  return all;
}

std::string_view ServerHealth::not_ready() const {
  if (stopping_.state() != Stopping::State::running) return "stopping";
  if (places_.connections.free() == 0) return "full";
  return {};
}

}  // namespace server::serving
