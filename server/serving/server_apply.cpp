// How a server takes over a new configuration.
#include <chrono>
#include <utility>

#include "server/serving/server.hpp"

namespace server::serving {

std::vector<Acceptor*> Server::keepable() const {
  std::vector<Acceptor*> all;
  for (const auto* acceptors : {&acceptors_, &leaving_}) {
    for (const auto& acceptor : *acceptors) all.push_back(acceptor.get());
  }
  return all;
}

void Server::apply(const config::Config& config, std::vector<SocketsFrom> sources) try {
  std::vector<std::unique_ptr<const Listener>> listeners;
  std::vector<std::unique_ptr<Acceptor>> acceptors(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    listeners.push_back(make_listener(config.listeners[i]));
    if (sources[i].kept) {
      kept_acceptor(*sources[i].kept)->reserve_apply();
      continue;
    }
    acceptors[i] = std::make_unique<Acceptor>(acceptor_host_, std::move(listeners[i]),
                                              std::move(sources[i].sockets));
  }
  leaving_.reserve(leaving_.size() + acceptors_.size() + acceptors.size());
  try {
    start_all(acceptors);
  } catch (...) {
    for (auto& acceptor : acceptors) {
      if (!acceptor || !acceptor->has_begun()) continue;
      acceptor->retire(std::chrono::milliseconds{0});
      leaving_.push_back(std::move(acceptor));
    }
    throw;
  }

  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].kept) continue;
    acceptors[i] = std::move(kept_acceptor(*sources[i].kept));
    const protocols::Protocol& before = acceptors[i]->listener().protocol;
    if (&before != &listeners[i]->protocol) end_own_sessions(before);
    const Stopping::Of of = acceptors[i]->of();
    if (const auto failed = acceptors[i]->change_options(listeners[i]->settings.tcp)) {
      acceptor_host_.log.warning(
          "socket-option-refused",
          {{"listener", listeners[i]->settings.name}, {"option", failed.option}});
    }
    acceptors[i]->apply(std::move(listeners[i]));
    if (acceptors[i]->of() != of) stopping_.acceptor_becomes(acceptors[i]->of());
  }
  for (auto& acceptor : acceptors_) {
    if (!acceptor) continue;
    end_own_sessions(acceptor->listener().protocol);
    acceptor->retire(config.shutdown_grace);
    leaving_.push_back(std::move(acceptor));
  }
  acceptors_ = std::move(acceptors);
  std::erase_if(leaving_,
                [](const auto& acceptor) { return !acceptor || acceptor->may_be_destroyed(); });
  acceptor_host_.places.connections.resize(config.limits.max_connections);
  max_connections_ = config.limits.max_connections;
  memory_.set_limit(config.budget.max_memory);
  for (const auto& worker : workers_) worker->set_shutdown_grace(config.shutdown_grace);
  const bool measures = !config.metrics.address.empty();
  for (const auto& worker : workers_) worker->set_measures(measures);
  if (!std::exchange(measures_, measures) && measures) measure();
  listener_book_.prune();
} catch (...) {
  // The figures of listeners that have not come to be.
  listener_book_.prune();
  throw;
}

// Whoever reloads away an address means that nobody administers the daemon from there any more.
void Server::end_own_sessions(const protocols::Protocol& protocol) noexcept {
  if (protocol.own) workers_.front()->end_sessions_of(protocol);
}

}  // namespace server::serving
