#include "server/daemon.hpp"

#include <csignal>
#include <exception>
#include <malloc.h>
#include <string>
#include <utility>
#include <vector>

#include "server/admission/fit_to_memory.hpp"
#include "server/admission/fit_to_open_files.hpp"
#include "server/announce.hpp"
#include "server/insight/families.hpp"
#include "server/process/open_files.hpp"
#include "server/process_figures.hpp"
#include "server/serving/sizing.hpp"
#include "streams/task_group.hpp"

namespace server {
namespace {

std::string_view signal_name(int number) noexcept {
  switch (number) {
    case SIGINT: return "SIGINT";
    case SIGHUP: return "SIGHUP";
    case SIGUSR1: return "SIGUSR1";
    default: return "SIGTERM";
  }
}

std::size_t files_of(const Start& start) noexcept {
  std::size_t sockets = 0;
  for (const auto& of_listener : start.sockets) sockets += of_listener.size();
  return serving::reserved_files(start.config, sockets);
}

}  // namespace

Daemon::Daemon(ConfigSource source, Start start, std::string_view version,
               process::Signals& signals, const process::Terminal& terminal)
    : signals_(signals),
      terminal_(terminal),
      log_(start.config.log),
      config_(admission::fit_to_memory(
          admission::fit_to_open_files(start.config, files_of(start), log_), log_)),
      server_(
          config_, std::move(start.sockets), version, log_,
          [this] {
            service_.stopping(config_.shutdown_grace);
            reloading_.cancel();
          },
          &administration_),
      service_(server_, notify_socket_, log_),
      watchdog_(server_.workers(), log_, watchdog_timeout(),
                [this] { notify_socket_.send("WATCHDOG=1"); }),
      reloader_(std::move(source), config_, std::move(start.inherited), server_, service_, log_),
      administration_(server_, reloader_, log_, config_) {
  for (const auto& [listener, what] : start.skipped) {
    announce_skipped(log_, config_.listeners[listener], what);
  }
  announce_unused(log_, start.unused);
  announce_exposed(log_, start.exposed);
  add_process_figures(server_.registry(), version);
  server_.registry().add(insight::families::log_lines_dropped, {}, [this] { return log_.lost(); });
  // One for a connection, two for a reload: its file, and the eventfd of its Abandonment.
  process::require_descriptors(3);
}

void Daemon::run() {
  // The C library would raise this threshold with every large block that is freed, and keep the
  // next ones on its heap for good: what a slow reader's buffer took has to go back.
  ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  server_.loop().run(run_all());
  log_.info("stopped");
}

streams::Task<void> Daemon::run_all() {
  const auto body = [this](streams::TaskGroup& tasks) { return serve(tasks); };
  co_await streams::task_group(server_.loop(), body);
}

streams::Task<void> Daemon::serve(streams::TaskGroup& tasks) {
  tasks.spawn(carry_on(watch_signals()), "signals");
  tasks.spawn(carry_on(service_.run()), "service");
  tasks.spawn(carry_on(watchdog_.run()), "watchdog");
  reloading_ = tasks.spawn(carry_on(reloader_.run()), "reloader");
  auto serving = tasks.spawn(server_.serve(), "server");
  // All that can keep the daemon from being ready has happened.
  if (!serving.done() && !server_.is_stopping()) {
    report_start();
    service_.ready();
  }
  co_await serving.result();
  tasks.cancel();
}

// A daemon that does not hear signals any more must not go on; all but the reloader do until the
// server has stopped, so that the service manager hears of it.
streams::Task<void> Daemon::carry_on(streams::Task<void> work) {
  try {
    co_await std::move(work);
  } catch (...) {
    server_.fail(std::current_exception());
  }
}

// Each signal is answered without a coroutine of its own, which would take memory.
streams::Task<void> Daemon::watch_signals() {
  process::Signals::Watch watch(signals_, server_.loop());
  for (;;) {
    while (const int signal = signals_.take()) answer(signal);
    const bool some = co_await watch.readable();
    if (!some) co_return;
  }
}

void Daemon::answer(int signal) noexcept try {
  // SIGTERM and SIGINT, and SIGHUP from a terminal that was closed.
  if (terminal_.means_stop(signal)) {
    end(signal);
  } else if (signal == SIGHUP) {
    reloader_.request();
  } else {
    report_counters();
  }
} catch (const std::exception& exception) {
  log_.error("signal-failed", {{"signal", signal_name(signal)}, {"what", exception.what()}});
}

void Daemon::end(int signal) noexcept {
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
}

void Daemon::report_start() {
  for (const auto& acceptor : server_.acceptors()) announce(log_, *acceptor);
  announce_open_to_all(log_, server_.acceptors());
  log_.info("ready", {{"workers", std::uint64_t{serving::worker_count(config_)}},
                      {"max_connections", std::uint64_t{config_.limits.max_connections}}});
}

void Daemon::report_counters() {
  const std::vector<insight::Stat> stats = server_.registry().stats();
  std::vector<std::string> names;
  names.reserve(stats.size());
  std::vector<insight::Field> fields;
  for (const insight::Stat& stat : stats) {
    const std::string_view name = names.emplace_back(std::string(stat.name).append(stat.suffix));
    if (stat.decimals == 0) {
      fields.push_back({name, stat.value});
    } else {
      fields.push_back({name, stat.number()});
    }
  }
  log_.answer("counters", fields);
}

}  // namespace server
