#include "server/daemon.hpp"

#include <csignal>
#include <malloc.h>
#include <string>
#include <utility>
#include <vector>

#include "config/listener_set.hpp"
#include "server/admission/connection_budget.hpp"
#include "server/announce.hpp"
#include "server/process/service_notify.hpp"
#include "streams/task_group.hpp"

namespace server {
namespace {

std::string_view signal_name(int number) noexcept {
  switch (number) {
    case SIGINT: return "SIGINT";
    case SIGHUP: return "SIGHUP";
    default: return "SIGTERM";
  }
}

// The sockets that were passed on; throws when they are not those that the listeners expect.
process::InheritedSockets inherited_for(const config::Config& config) {
  process::InheritedSockets inherited;
  const std::string mismatch = process::activation_mismatch(config.listeners, inherited.names());
  if (!mismatch.empty()) throw process::ActivationError(mismatch);
  return inherited;
}

std::vector<sockets::BoundSocket> sockets_for(const config::Config& config,
                                              process::InheritedSockets& inherited) {
  std::vector<sockets::BoundSocket> sockets;
  for (const config::Listener& listener : config.listeners) {
    const bool is_inherited = listener.address == config::inherited_address;
    sockets.push_back(is_inherited ? sockets::adopt_socket(inherited.take(listener.name))
                                   : sockets::bind_socket(listener.address, listener.backlog));
  }
  return sockets;
}

}  // namespace

Daemon::Daemon(ConfigSource source, config::Config config, std::string_view version)
    : signals_{SIGTERM, SIGINT, SIGHUP, SIGUSR1},
      inherited_(inherited_for(config)),
      log_(config.log),
      config_(admission::within_open_files(config, serving::reserved_files(config), log_)),
      server_(config_, sockets_for(config_, inherited_), version, log_),
      service_(server_),
      watchdog_(server_.workers(), log_, watchdog_timeout(),
                [] { process::service_notify("WATCHDOG=1"); }),
      reloader_(std::move(source), config_, inherited_.names(), server_, service_, log_) {}

void Daemon::run() {
  // A write to a closed standard error must not end the daemon; sockets never raise it.
  std::signal(SIGPIPE, SIG_IGN);
  // The C library would raise this threshold with every large block that is freed, and keep the
  // next ones on its heap for good: what a slow reader's buffer took has to go back.
  ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  server_.loop().run(serve());
  log_.info("stopped");
}

streams::Task<void> Daemon::serve() {
  streams::TaskGroup companions(server_.loop());
  companions.spawn(watch_signals(), "signals");
  report_start();
  service_.ready();
  companions.spawn(service_.run(), "service");
  companions.spawn(watchdog_.run(), "watchdog");
  companions.spawn(reloader_.run(), "reloader");
  co_await server_.serve();
  companions.cancel();
  co_await companions.join();
}

streams::Task<void> Daemon::watch_signals() {
  for (;;) {
    const int signal = co_await signals_.wait(server_.loop());
    switch (signal) {
      case 0: co_return;
      case SIGHUP: terminal_.is_gone() ? end(signal) : reloader_.request(); break;
      case SIGUSR1: report_counters(); break;
      default: end(signal);
    }
  }
}

void Daemon::end(int signal) {
  // A terminal that is gone hangs up more than once, and nobody means more by it.
  switch (server_.stop({signal, signal != SIGHUP})) {
    case serving::Server::Stop::began: break;
    case serving::Server::Stop::goes_on: return;
    case serving::Server::Stop::aborts:
      log_.warning("aborting", {{"signal", signal_name(signal)}});
      return;
  }
  log_.info("stopping",
            {{"signal", signal_name(signal)},
             {"grace_seconds", std::chrono::duration<double>(config_.shutdown_grace).count()}});
  service_.stopping(config_.shutdown_grace);
}

void Daemon::report_start() {
  for (const auto& acceptor : server_.acceptors()) announce(log_, *acceptor);
  log_.info("ready", {{"workers", std::uint64_t{serving::worker_count(config_)}},
                      {"max_connections", std::uint64_t{config_.limits.max_connections}}});
}

void Daemon::report_counters() {
  std::vector<std::pair<std::string_view, std::uint64_t>> counters;
  server_.registry().stats(counters);
  std::vector<insight::Field> fields;
  fields.reserve(counters.size());
  for (const auto& [name, value] : counters) fields.push_back({name, value});
  log_.write(config::LogLevel::info, "counters", fields);
}

}  // namespace server
