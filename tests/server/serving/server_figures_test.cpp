#include <csignal>
#include <string>
#include <vector>

#include "server/serving/server.hpp"
#include "tests/server/serving/one_server.hpp"

using server::serving::Server;
using tests::administer;
using tests::Serving;
using tests::several_workers;

TEST_CASE("a listener's backlog is that of its present sockets, not of those that leave",
          "[server]") {
  config::Config config = several_workers("echo");
  config.listeners.front().backlog = 50;
  Serving serving(config);
  serving.run([&config](Serving& self) -> streams::Task<void> {
    co_await tests::turn(self.server->loop());
    config.metrics.address = "127.0.0.1:0";
    std::vector<Server::SocketsFrom> sources(1);
    sources.front().sockets = tests::bound("127.0.0.1:0", 7);
    self.server->apply(config, std::move(sources));
    CHECK(self.value("backlog_max") == 7);
    self.stop(SIGTERM);
  });
}

TEST_CASE("a configuration that cannot be applied leaves no figures behind", "[server]") {
  Serving serving(several_workers("echo"));
  serving.run([](Serving& self) -> streams::Task<void> {
    co_await tests::turn(self.server->loop());
    config::Config config = several_workers("discard");
    config.listeners.push_back(tests::settings("nonsense"));
    std::vector<Server::SocketsFrom> sources(2);
    for (auto& source : sources) source.sockets = tests::bound("127.0.0.1:0", 1);
    CHECK_THROWS_WITH(self.server->apply(config, std::move(sources)), "unknown protocol nonsense");
    std::vector<std::string> listeners;
    self.server->registry().visit([&listeners](const auto& family, const auto& samples) {
      if (family.name != "connections_total") return;
      for (const auto& sample : samples) listeners.push_back(sample.labels.front().value);
    });
    CHECK(listeners == std::vector<std::string>{"echo"});
    self.stop(SIGTERM);
  });
}

TEST_CASE("a server with a place left is ready, whoever is being refused", "[server]") {
  config::Config config = several_workers("echo");
  config.limits.max_connections = 2;
  config.listeners.front().limits.max_connections = 1;
  config.listeners.front().limits.at_limit = config::AtLimit::refuse;
  config.listeners.push_back(tests::settings("metrics"));
  config.listeners.back().address = "127.0.0.1:0";
  Serving serving(config);
  serving.connect(2);
  serving.run([](Serving& self) -> streams::Task<void> {
    // The second one is refused, and has not closed yet.
    co_await self.active(2);
    tests::Peer probe = administer(self);
    probe.send("GET /readyz HTTP/1.0\r\n\r\n");
    std::string reply;
    co_await tests::until(self.server->loop(), [&] {
      reply += probe.receive();
      return probe.has_ended();
    });
    CHECK(reply.starts_with("HTTP/1.1 200 "));
    self.peers.clear();
    self.stop(SIGTERM);
  });
}
