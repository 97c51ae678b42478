#include "server/reload_plan.hpp"

#include <utility>

#include "server/process/activation.hpp"
#include "server/sockets/kept_sockets.hpp"

namespace server {

ReloadPlan plan_reload(const ConfigSource& source, const std::vector<std::string>& inherited,
                       const std::vector<config::Listener>& present, sockets::Binder binder,
                       const std::shared_ptr<config::Abandonment>& abandonment) {
  ReloadPlan plan;
  ConfigSource::Result read = source.read_again(*abandonment);
  plan.errors = std::move(read.errors);
  if (!read.config) return plan;
  plan.config = std::move(*read.config);
  plan.unused = std::move(read.unused);
  plan.exposed = std::move(read.exposed);
  const std::vector<config::Listener>& listeners = plan.config.listeners;
  if (std::string mismatch = process::activation_mismatch(listeners, inherited);
      !mismatch.empty()) {
    plan.errors.push_back(std::move(mismatch));
    return plan;
  }
  const auto kept = sockets::kept_sockets(present, listeners);
  sockets::Bindings bindings = binder.bind_all(
      listeners, [&kept](std::size_t i) { return !kept[i]; },
      [&abandonment] { return abandonment->begin_work(); });
  plan.errors = std::move(bindings.errors);
  plan.skipped = std::move(bindings.skipped);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    plan.sources.push_back({kept[i], std::move(bindings.sockets[i])});
  }
  return plan;
}

}  // namespace server
