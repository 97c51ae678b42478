// The daemon's life: raise what can be raised, listen, serve, reload and stop on signals, report.
// Between the command line and the Server; on the main thread.
#pragma once

#include <string_view>

#include "config/config.hpp"
#include "server/config_source.hpp"
#include "server/insight/log.hpp"
#include "server/process/activation.hpp"
#include "server/process/signals.hpp"
#include "server/process/terminal.hpp"
#include "server/reload.hpp"
#include "server/service.hpp"
#include "server/serving/server.hpp"
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

  process::Terminal terminal_;
  process::Signals signals_;             // before all others: no thread may be without its mask
  process::InheritedSockets inherited_;  // then: no thread may look at the environment meanwhile
  insight::Log log_;
  config::Config config_;  // what is in effect
  serving::Server server_;
  Service service_;
  Watchdog watchdog_;
  Reloader reloader_;
};

}  // namespace server
