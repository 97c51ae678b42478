// The Reloader: a new configuration for the running server. The file is read, checked, and what it
// adds is bound, on a thread of its own; then all of it is applied in one go, or, if anything at
// all was wrong, nothing. Requests that come meanwhile are one request; it takes the place of a
// reload that has waited for too long for a file or a name server. On the first worker's thread.
#pragma once

#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "server/config_source.hpp"
#include "server/insight/log.hpp"
#include "server/protocols/admin_host.hpp"
#include "server/reload_plan.hpp"
#include "server/reload_waiting.hpp"
#include "server/service.hpp"
#include "server/serving/server.hpp"
#include "streams/event.hpp"
#include "streams/task.hpp"

namespace server {

class Reloader {
 public:
  /// `config` is what the server runs with, and stays that. `inherited` are the names of the
  /// sockets that the service manager passed on.
  Reloader(ConfigSource source, config::Config& config, std::vector<std::string> inherited,
           serving::Server& server, Service& service, insight::Log& log);
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  /// Asks for a reload, soon.
  void request() noexcept { requested_.set(); }
  /// Asks for one that begins after this, and waits for what comes of it. When a stop comes first,
  /// that is what came of it.
  streams::Task<protocols::AdminHost::Reloaded> request_and_wait();
  /// Reloads on request until cancelled. A stop that comes during a reload wins: the thread that
  /// waits for a file or a name server is left to itself.
  streams::Task<void> run();

 private:
  using Outcome = protocols::AdminHost::Reloaded;

  /// False when another takes its place.
  streams::Task<bool> reload();
  sockets::Binder present_sockets() const;
  std::vector<config::Listener> keepable_listeners() const;
  bool can_be_kept(const std::vector<serving::Server::SocketsFrom>& sources) const;
  void apply(ReloadPlan plan);
  void keep_fixed(config::Config& config);
  void keep_access(config::Config& config, const std::vector<serving::Server::SocketsFrom>& sources,
                   const std::vector<serving::Acceptor*>& keepable);
  void refuse(std::span<const std::string> errors) noexcept;
  void refuse(const std::exception& failure) noexcept;
  void refuse(std::string_view what, std::size_t errors = 1) noexcept;

  const ConfigSource source_;
  config::Config& config_;
  const std::vector<std::string> inherited_;
  serving::Server& server_;
  Service& service_;
  insight::Log& log_;
  streams::Event requested_;
  ReloadWaiting waiting_;
  Outcome outcome_;  // of the reload that is on its way
};

}  // namespace server
