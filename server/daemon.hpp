// The daemon's life: raise what can be raised, listen, serve, reload and stop on signals, report.
// Between the command line and the Server; on the main thread.
#pragma once

#include <string_view>

#include "config/config.hpp"
#include "server/activation.hpp"
#include "server/config_source.hpp"
#include "server/logging.hpp"
#include "server/reload.hpp"
#include "server/server.hpp"
#include "server/service.hpp"
#include "server/signals.hpp"
#include "server/terminal.hpp"
#include "server/watchdog.hpp"

namespace server {

class Daemon {
 public:
  /// `config` is what was read from `source`. Binds every listener or takes over its socket. Throws
  /// std::runtime_error with a text for the operator: ActivationError where starting again is no
  /// use.
  Daemon(ConfigSource source, config::Config config, std::string_view version);

  /// Serves until SIGTERM or SIGINT, then stops gracefully; a second one aborts. SIGHUP reloads, or
  /// stops when it comes from a terminal that was closed. SIGUSR1 logs the counters.
  void run();

 private:
  streams::Task<void> serve();
  streams::Task<void> watch_signals();
  void end(int signal);
  void report_start();
  void report_counters();

  Terminal terminal_;
  Signals signals_;             // before all others: no thread may be without its mask
  InheritedSockets inherited_;  // then: no thread may look at the environment meanwhile
  Log log_;
  config::Config config_;  // what is in effect
  Server server_;
  Service service_;
  Watchdog watchdog_;
  Reloader reloader_;
};

}  // namespace server
