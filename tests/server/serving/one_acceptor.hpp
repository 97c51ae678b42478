// One acceptor on a loop of its own, and the connections that it has taken.
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "server/serving/acceptor.hpp"
#include "tests/server/serving/serving.hpp"
#include "tests/streams/run.hpp"

namespace tests {

/// One acceptor, whose connections the test keeps.
struct Accepting {
  using Sockets = std::vector<server::sockets::BoundSocket>;

  explicit Accepting(std::size_t max_connections, config::AtLimit at_limit = config::AtLimit::wait,
                     Sockets sockets = bound("127.0.0.1:0", 100))
      : acceptor(host, make(max_connections, at_limit), std::move(sockets)) {
    publisher.subscribe(events);
    REQUIRE(stopping.acceptor_starts(server::serving::Stopping::Of::clients));
  }

  std::unique_ptr<const server::serving::Listener> make(std::size_t max_connections,
                                                        config::AtLimit at_limit) {
    config::Limits limits;
    limits.max_connections = max_connections;
    limits.at_limit = at_limit;
    return std::make_unique<server::serving::Listener>(
        settings("line", limits), *server::protocols::find_protocol("line"),
        server::protocols::Context{"0", {}, stats, std::chrono::system_clock::now}, figures);
  }
  /// The daemon's own, which counts nothing.
  std::unique_ptr<const server::serving::Listener> make_own() {
    return std::make_unique<server::serving::Listener>(
        settings("admin"), *server::protocols::find_protocol("admin"),
        server::protocols::Context{"0", {}, stats, std::chrono::system_clock::now}, nullptr);
  }
  void connect(int count) {
    for (int i = 0; i < count; ++i)
      peers.push_back(connected_to(acceptor.sockets().front().address()));
  }
  streams::Task<void> have(std::size_t count) {
    co_await until(loop, [this, count] { return taken.size() >= count; });
    co_await several_turns(loop);
    CHECK(taken.size() == count);
  }
  void stop(int signal = SIGTERM) {
    const server::serving::Stopping::Orders orders =
        stopping.request({signal, true}, server::serving::Stopping::Clock::now());
    if (orders.stop_accepting) acceptor.stop();
  }
  /// Runs the acceptor, and `steps` beside it, until both have ended.
  template <class Steps>
  void run(Steps steps) {
    tests::run(loop, beside(std::move(steps)));
  }
  template <class Steps>
  streams::Task<void> beside(Steps steps) {
    streams::TaskGroup group(loop);
    group.spawn(acceptor.run());
    co_await steps(*this);
    co_await group.join();
    taken.clear();
    CHECK(acceptor.may_be_destroyed());
  }

  server::insight::Registry stats;
  std::shared_ptr<server::insight::ListenerFigures> figures =
      std::make_shared<server::insight::ListenerFigures>("line", 1);
  Events events;
  server::insight::SessionEvents publisher;
  server::insight::Log log{quiet()};
  streams::EventLoop loop;
  server::serving::Stopping stopping{1};
  std::vector<server::serving::Accepted> taken;
  std::function<void(server::serving::Accepted)> keep = [this](server::serving::Accepted accepted) {
    taken.push_back(std::move(accepted));
  };
  server::serving::AcceptorHost host{loop,         log,        stopping, publisher,
                                     {loop, 1000}, {loop, 10}, {},       keep};
  server::serving::Acceptor acceptor;
  std::vector<Peer> peers;
};

}  // namespace tests
