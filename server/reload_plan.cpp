#include "server/reload_plan.hpp"

#include <exception>
#include <utility>

#include "server/process/activation.hpp"
#include "server/sockets/kept_sockets.hpp"

namespace server {
ReloadPlan plan_reload(const ConfigSource& source, const std::vector<std::string>& inherited,
                       const std::vector<config::Listener>& present, sockets::Binder binder) {
  ReloadPlan plan;
  ConfigSource::Result read = source.read_again();
  plan.errors = std::move(read.errors);
  if (!read.config) return plan;
  plan.config = std::move(*read.config);
  plan.left_aside = std::move(read.left_aside);
  const std::vector<config::Listener>& listeners = plan.config.listeners;
  if (std::string mismatch = process::activation_mismatch(listeners, inherited);
      !mismatch.empty()) {
    plan.errors.push_back(std::move(mismatch));
    return plan;
  }
  const auto kept = sockets::kept_sockets(present, listeners);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    serving::Server::SocketsFrom from{kept[i], {}};
    try {
      if (!kept[i]) {
        sockets::Bound bound = binder.bind(listeners[i]);
        from.sockets = std::move(bound.sockets);
        for (std::string& what : bound.skipped) plan.skipped.push_back({i, std::move(what)});
      }
    } catch (const std::exception& exception) {
      plan.errors.push_back(exception.what());
    }
    plan.sources.push_back(std::move(from));
  }
  return plan;
}

}  // namespace server
