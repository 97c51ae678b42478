#include "server/administration.hpp"

#include <utility>

namespace server {

std::vector<protocols::AdminHost::Listener> Administration::listeners() const {
  std::vector<Listener> all;
  for (const auto& acceptor : server_.acceptors()) {
    const serving::Listener& listener = acceptor->listener();
    Listener& one = all.emplace_back();
    one.protocol = listener.protocol.name;
    one.name = listener.settings.name;
    for (const auto& socket : acceptor->sockets()) one.addresses.push_back(socket.address());
    one.taken = acceptor->places_taken();
    one.places = listener.settings.limits.max_connections;
  }
  return all;
}

void Administration::set_level(config::LogLevel level) noexcept {
  const std::string_view word = config::log_level_words[static_cast<std::size_t>(level)];
  log_.info("log-level", {{"level", word}});
  log_.set_level(level);
}

void Administration::stop(std::chrono::milliseconds grace) noexcept {
  config_.shutdown_grace = grace;
  for (const auto& worker : server_.workers()) worker->set_shutdown_grace(grace);
  if (server_.stop({}) != serving::Server::Stop::began) return;
  log_.info("stopping",
            {{"by", "admin"}, {"grace_seconds", std::chrono::duration<double>(grace).count()}});
}

}  // namespace server
