// A ReloadPlan: a new configuration that can be applied in one go, or why there is none. Made on a
// thread that may wait, for files and for the look-up of names; a value.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/abandonment.hpp"
#include "config/config.hpp"
#include "server/config_source.hpp"
#include "server/serving/server.hpp"
#include "server/sockets/binder.hpp"

namespace server {

struct ReloadPlan {
  ReloadPlan() = default;  // no aggregate, for GCC 12 in a co_await expression

  config::Config config;
  /// Of its listeners' sockets; new ones listen already.
  std::vector<serving::Server::SocketsFrom> sources;
  std::vector<sockets::Bindings::Skipped> skipped;
  std::vector<std::string> unused;   ///< as ConfigSource has it
  std::vector<std::string> exposed;  ///< likewise
  std::vector<std::string> errors;   ///< all of them, a line each; with any, the rest is void
};

/// Reads and checks the configuration, and binds what it has beyond the listeners that are
/// `present`, whose sockets `binder` knows. `inherited` are the names of the sockets that the
/// service manager passed on. One that is given up binds nothing, so that it is in nobody's way.
/// Any thread.
ReloadPlan plan_reload(const ConfigSource& source, const std::vector<std::string>& inherited,
                       const std::vector<config::Listener>& present, sockets::Binder binder,
                       const std::shared_ptr<config::Abandonment>& abandonment);

}  // namespace server
