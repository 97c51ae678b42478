// The Start: what the daemon begins with, its configuration and its sockets. They are got on a
// thread of their own, because a file may be a pipe and a name server silent; meanwhile signals are
// heard, and a stop wins. On the main thread, before there is a Daemon.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "server/config_source.hpp"
#include "server/process/signals.hpp"
#include "server/process/terminal.hpp"
#include "server/sockets/binder.hpp"

namespace server {

struct Start {
  Start() = default;  // no aggregate, for GCC 12 in a co_await expression

  config::Config config;
  std::vector<std::string> inherited;  ///< names of the sockets from the service manager
  /// Of the configuration's listeners, in their order.
  std::vector<std::vector<sockets::BoundSocket>> sockets;
  std::vector<sockets::Bindings::Skipped> skipped;
  std::vector<std::string> unused;   ///< as ConfigSource has it
  std::vector<std::string> exposed;  ///< likewise
  std::vector<std::string> errors;   ///< all of them, a line each; the rest is void then
  bool usage = false;                ///< they are the command line's, not the file's
};

/// Reads and checks the configuration, binds every listener or takes over its socket. std::nullopt
/// when a signal asked for the end first; other signals are kept for later. Throws
/// std::runtime_error with a text for the operator: ActivationError where starting again is no use.
std::optional<Start> prepare_start(const ConfigSource& source, process::Signals& signals,
                                   const process::Terminal& terminal);

}  // namespace server
