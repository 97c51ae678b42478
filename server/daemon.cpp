#include "server/daemon.hpp"

#include <csignal>
#include <malloc.h>
#include <string>
#include <utility>

#include "server/announce.hpp"
#include "server/open_files.hpp"
#include "server/service_notify.hpp"
#include "streams/task_group.hpp"

namespace server {
namespace {

// Beside one descriptor a connection: standard streams, log, signals, a few a worker, and those who
// are being told that the server is full.
std::size_t reserved_files(const config::Config& config) {
  return 16 + 4 * worker_count(config) + config.listeners.size() + Server::max_refusals;
}

std::string_view signal_name(int number) noexcept {
  return number == SIGINT ? "SIGINT" : "SIGTERM";
}

config::Config within_open_files(config::Config config, Log& log) {
  const std::size_t available = raise_open_files();
  const std::size_t reserved = reserved_files(config);
  const std::size_t possible = available > reserved ? available - reserved : 1;
  if (config.limits.max_connections > possible) {
    log.warning("max-connections-lowered",
                {{"from", std::uint64_t{config.limits.max_connections}},
                 {"to", std::uint64_t{possible}},
                 {"why", "the limit on open files; raise it with LimitNOFILE= or ulimit -n"}});
    config.limits.max_connections = possible;
  }
  return config;
}

// The sockets that were passed on; throws when they are not those that the listeners expect.
InheritedSockets inherited_for(const config::Config& config) {
  InheritedSockets inherited;
  const std::string mismatch = activation_mismatch(config.listeners, inherited.names());
  if (!mismatch.empty()) throw ActivationError(mismatch);
  return inherited;
}

}  // namespace

Daemon::Daemon(config::Config config, std::string_view version)
    : signals_{SIGTERM, SIGINT},
      inherited_(inherited_for(config)),
      log_(config.log),
      config_(within_open_files(std::move(config), log_)),
      server_(config_, inherited_, version, log_),
      service_(server_),
      watchdog_(server_.workers(), log_, watchdog_timeout(), [] { service_notify("WATCHDOG=1"); }) {
}

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
  co_await server_.serve();
  companions.cancel();
  co_await companions.join();
}

streams::Task<void> Daemon::watch_signals() {
  const int first = co_await signals_.wait(server_.loop());
  if (first == 0) co_return;
  log_.info("stopping",
            {{"signal", signal_name(first)},
             {"grace_seconds", std::chrono::duration<double>(config_.shutdown_grace).count()}});
  service_.stopping(config_.shutdown_grace);
  server_.stop();
  const int second = co_await signals_.wait(server_.loop());
  if (second == 0) co_return;
  log_.warning("aborting", {{"signal", signal_name(second)}});
  server_.abort();
}

void Daemon::report_start() {
  for (const auto& acceptor : server_.acceptors()) announce(log_, *acceptor);
  log_.info("ready", {{"workers", std::uint64_t{worker_count(config_)}},
                      {"max_connections", std::uint64_t{config_.limits.max_connections}}});
}

}  // namespace server
