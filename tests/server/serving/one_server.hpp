// One server on a loop of its own, whose clients the test has.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/serving/server.hpp"
#include "tests/server/serving/serving.hpp"
#include "tests/streams/run.hpp"

namespace tests {

using namespace std::chrono_literals;

/// Three workers, one listener, and a grace that no test waits for.
inline config::Config several_workers(std::string protocol) {
  config::Config config;
  config.workers = 3;
  config.shutdown_grace = 1h;
  config.listeners = {settings(std::move(protocol))};
  config.listeners.front().address = "127.0.0.1:0";
  return config;
}

/// The server and its clients.
struct Serving {
  explicit Serving(const config::Config& config) {
    std::vector<std::vector<server::sockets::BoundSocket>> sockets;
    for (const config::Listener& listener : config.listeners) {
      sockets.push_back(bound(listener.address, listener.backlog));
    }
    server.emplace(config, std::move(sockets), "0", log, [this] { ++stops; });
  }

  void connect(int count) {
    const std::string address = server->acceptors().front()->sockets().front().address();
    for (int i = 0; i < count; ++i) peers.push_back(connected_to(address));
  }
  server::serving::Server::Stop stop(int signal) { return server->stop({signal, true}); }
  std::uint64_t value(std::string_view name) { return server->registry().value(name); }

  /// Runs the server, and `steps` beside it, until both have ended.
  template <class Steps>
  void run(Steps steps) {
    tests::run(server->loop(), beside(std::move(steps)));
  }
  template <class Steps>
  streams::Task<void> beside(Steps steps) {
    serving.emplace(server->loop());
    serving->spawn(server->serve());
    co_await steps(*this);
    co_await serving->join();
  }
  streams::Task<void> active(std::uint64_t count) {
    co_await until(server->loop(), [this, count] { return value("connections_active") == count; });
  }

  server::insight::Log log{quiet()};
  int stops = 0;  // that were told
  std::optional<server::serving::Server> server;
  std::optional<streams::TaskGroup> serving;
  std::vector<Peer> peers;
};

/// Connected to the second listener, which is the daemon's own.
inline Peer administer(Serving& serving) {
  return connected_to(serving.server->acceptors()[1]->sockets().front().address());
}

}  // namespace tests
