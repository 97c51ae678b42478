#include "server/reload_plan.hpp"

#include <cstdint>
#include <exception>
#include <utility>
#include <variant>

#include "server/process/activation.hpp"
#include "server/sockets/kept_sockets.hpp"
#include "streams/address.hpp"

namespace server {
namespace {

std::uint16_t port_of(const config::Listener& listener) {
  const streams::ParsedAddress parsed = streams::parse_address(listener.address);
  const auto* const host_port = std::get_if<streams::HostPort>(&parsed.address);
  return parsed && host_port != nullptr ? host_port->port : std::uint16_t{0};
}

// 0.0.0.0:7 cannot be bound while 127.0.0.1:7 is, and that is not given up for a mere attempt.
std::string hint(const config::Listener& wanted, const std::vector<config::Listener>& present) {
  const std::uint16_t port = port_of(wanted);
  for (const config::Listener& listener : present) {
    if (port == 0 || port_of(listener) != port) continue;
    return "; this daemon itself has " + listener.address +
           ": a change between addresses of one port takes a restart";
  }
  return {};
}

}  // namespace

ReloadPlan plan_reload(const ConfigSource& source, const std::vector<std::string>& inherited,
                       const std::vector<config::Listener>& present) {
  ReloadPlan plan;
  ConfigSource::Result read = source.read_again();
  plan.errors = std::move(read.errors);
  if (!read.config) return plan;
  plan.config = std::move(*read.config);
  const std::vector<config::Listener>& listeners = plan.config.listeners;
  if (std::string mismatch = process::activation_mismatch(listeners, inherited);
      !mismatch.empty()) {
    plan.errors.push_back(std::move(mismatch));
    return plan;
  }
  const auto kept = sockets::kept_sockets(present, listeners);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    serving::Server::Source from{kept[i], {}};
    try {
      if (!kept[i]) from.socket = sockets::bind_socket(listeners[i].address, listeners[i].backlog);
    } catch (const std::exception& exception) {
      plan.errors.push_back(exception.what() + hint(listeners[i], present));
    }
    plan.sources.push_back(std::move(from));
  }
  return plan;
}

}  // namespace server
