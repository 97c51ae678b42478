// The Server: workers, acceptors and sessions, and the order in which they stop. Runs on the first
// worker's loop, whose thread is the caller's. Knows nothing of signals, files or the command line.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "server/acceptor.hpp"
#include "server/activation.hpp"
#include "server/listener.hpp"
#include "server/logging.hpp"
#include "server/protocols/context.hpp"
#include "server/worker.hpp"

namespace server {

/// How many workers the configuration asks for: its number, or one per core.
std::size_t worker_count(const config::Config& config) noexcept;

class Server final : private protocols::StatsSource {
 public:
  /// How many refused connections are being told so at once; further ones are told without care.
  static constexpr std::size_t max_refusals = 16;

  /// Binds every listener or takes over its socket; connections wait in the backlog until serve().
  /// Throws std::runtime_error with a text for the operator. `version` is static.
  Server(const config::Config& config, InheritedSockets& inherited, std::string_view version,
         Log& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The loop to run serve() on.
  streams::EventLoop& loop() noexcept { return workers_.front()->loop(); }
  /// Serves until stop(), and completes when the last session has ended.
  streams::Task<void> serve();
  /// Closes the acceptors, then every session gracefully, within the configured grace. On the
  /// loop's thread, as abort().
  void stop();
  /// Ends every session at once.
  void abort();

  /// How many connections are being served.
  std::uint64_t connections() const noexcept;
  const std::vector<std::unique_ptr<Worker>>& workers() const noexcept { return workers_; }
  /// The acceptors, in the order of the configuration.
  const std::vector<std::unique_ptr<Acceptor>>& acceptors() const noexcept { return acceptors_; }

 private:
  class Threads;

  void stats(std::vector<std::pair<std::string_view, std::uint64_t>>& out) const override;
  void hand_over(Accepted accepted);

  std::chrono::steady_clock::time_point started_;
  std::size_t max_connections_;
  std::vector<std::unique_ptr<Worker>> workers_;
  AcceptorHost acceptor_host_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  streams::TaskGroup accepting_;
  std::size_t next_worker_ = 0;
};

}  // namespace server
