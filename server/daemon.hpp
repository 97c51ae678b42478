// The Daemon: serves what a Start brought, reloads and stops on signals, reports. Between the
// command line and the Server; on the main thread.
#pragma once

#include <string_view>

#include "config/config.hpp"
#include "server/administration.hpp"
#include "server/config_source.hpp"
#include "server/insight/log.hpp"
#include "server/process/notify_socket.hpp"
#include "server/process/signals.hpp"
#include "server/process/terminal.hpp"
#include "server/reload.hpp"
#include "server/service.hpp"
#include "server/serving/server.hpp"
#include "server/start.hpp"
#include "server/watchdog.hpp"
#include "streams/task_group.hpp"

namespace server {

class Daemon {
 public:
  /// `start` is what came of `source`. Signals and terminal outlive the Daemon. Throws
  /// std::runtime_error with a text for the operator.
  Daemon(ConfigSource source, Start start, std::string_view version, process::Signals& signals,
         const process::Terminal& terminal);

  /// Serves until SIGTERM or SIGINT, then stops gracefully; a second one aborts. SIGHUP reloads, or
  /// stops when it comes from a terminal that was closed. SIGUSR1 logs the counters.
  /// Returns when the last connection has ended, or rethrows what made it stop.
  void run();

 private:
  streams::Task<void> run_all();
  streams::Task<void> serve(streams::TaskGroup& tasks);
  streams::Task<void> carry_on(streams::Task<void> work);
  void answer(int signal) noexcept;
  streams::Task<void> watch_signals();
  void end(int signal) noexcept;
  void report_start();
  void report_counters();

  process::Signals& signals_;
  const process::Terminal& terminal_;
  const process::NotifySocket notify_socket_;
  insight::Log log_;
  config::Config config_;  // what is in effect
  serving::Server server_;
  Service service_;
  Watchdog watchdog_;
  Reloader reloader_;
  Administration administration_;
  streams::TaskHandle<void> reloading_;
};

}  // namespace server
