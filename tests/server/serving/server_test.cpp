#include "server/serving/server.hpp"

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/server/insight/stderr.hpp"
#include "tests/server/serving/one_server.hpp"

using server::serving::Server;
using tests::administer;
using tests::connected_to;
using tests::Serving;
using tests::several_workers;
using namespace std::chrono_literals;

TEST_CASE("a server that never serves ends its threads", "[server]") {
  const tests::Watchdog watchdog;
  const Serving serving(several_workers("echo"));
}

TEST_CASE("a server that is stopped answers what clients have sent, in every worker", "[server]") {
  Serving serving(several_workers("echo"));
  serving.connect(12);
  for (tests::Peer& peer : serving.peers) peer.send("hello");
  serving.run([](Serving& self) -> streams::Task<void> {
    co_await self.active(12);
    CHECK(self.stop(SIGTERM) == Server::Stop::began);
    CHECK(self.server->is_stopping());
    for (tests::Peer& peer : self.peers) peer.shutdown_send();
  });
  for (tests::Peer& peer : serving.peers) {
    CHECK(peer.receive() == "hello");
    CHECK(peer.has_ended());
  }
  CHECK(serving.value("connections_total") == 12);
  CHECK(serving.value("connections_active") == 0);
  CHECK(serving.value("bytes_sent_total") == 60);
}

TEST_CASE("two signals at once end a server with its backlog full", "[server]") {
  for (int i = 0; i < 20; ++i) {
    Serving serving(several_workers("echo"));
    serving.connect(100);
    serving.run([](Serving& self) -> streams::Task<void> {
      co_await tests::turn(self.server->loop());
      CHECK(self.stop(SIGTERM) == Server::Stop::began);
      CHECK(self.stop(SIGTERM) == Server::Stop::goes_on);
      CHECK(self.stop(SIGINT) == Server::Stop::aborts);
    });
  }
}

TEST_CASE("cancelling a server is a stop, which is waited for", "[server]") {
  Serving serving(several_workers("echo"));
  serving.connect(6);
  for (tests::Peer& peer : serving.peers) peer.send("hello");
  serving.run([](Serving& self) -> streams::Task<void> {
    co_await self.active(6);
    self.serving->cancel();
    co_await tests::until(self.server->loop(), [&self] { return self.server->is_stopping(); });
    for (tests::Peer& peer : self.peers) peer.shutdown_send();
  });
  for (tests::Peer& peer : serving.peers) {
    CHECK(peer.receive() == "hello");
    CHECK(peer.has_ended());
  }
}

TEST_CASE("a server that was stopped before it served ends at once", "[server]") {
  Serving serving(several_workers("echo"));
  CHECK(serving.stop(SIGTERM) == Server::Stop::began);
  serving.run([](Serving&) -> streams::Task<void> { co_return; });
}

TEST_CASE("a stop is told once, when it begins", "[server]") {
  Serving serving(several_workers("echo"));
  serving.run([](Serving& self) -> streams::Task<void> {
    co_await tests::turn(self.server->loop());
    CHECK(self.stops == 0);
    self.stop(SIGTERM);
    CHECK(self.stops == 1);
    self.stop(SIGINT);
  });
  CHECK(serving.stops == 1);
}

TEST_CASE("a failure is a stop, logged and told at once, and thrown when all has ended",
          "[server]") {
  tests::Stderr output;
  int told = 0;
  {
    Serving serving(several_workers("echo"));
    serving.connect(3);
    const auto steps = [](Serving& self) -> streams::Task<void> {
      co_await self.active(3);
      self.server->fail(std::make_exception_ptr(std::runtime_error("broken")));
      CHECK(self.stops == 1);
      CHECK(self.server->is_stopping());
      self.server->fail(std::make_exception_ptr(std::runtime_error("broken as well")));
    };
    CHECK_THROWS_WITH(serving.run(steps), "broken");
    CHECK(serving.value("connections_active") == 0);
    told = serving.stops;
  }
  CHECK(told == 1);
  const std::vector<std::string> lines = output.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with(" error server-failed what=broken"));
  CHECK(lines[1].ends_with(" error server-failed what=\"broken as well\""));
}

TEST_CASE("a listener that comes while the server stops is not served", "[server]") {
  Serving serving(several_workers("echo"));
  serving.run([](Serving& self) -> streams::Task<void> {
    co_await tests::turn(self.server->loop());
    self.stop(SIGTERM);
    config::Config config = several_workers("echo");
    std::vector<Server::SocketsFrom> sources(1);
    sources.front().sockets = tests::bound("127.0.0.1:0", 1);
    self.server->apply(config, std::move(sources));
  });
}

TEST_CASE("STATS has its names, in their order", "[server]") {
  const Serving serving(several_workers("echo"));
  std::vector<std::string_view> names;
  for (const auto& stat : serving.server->registry().stats()) names.push_back(stat.name);
  const std::vector<std::string_view> first{"uptime_seconds",
                                            "workers",
                                            "connections_max",
                                            "connections_active",
                                            "connections_total",
                                            "connections_refused_total",
                                            "connections_timed_out_total",
                                            "connections_failed_total",
                                            "accept_errors_total",
                                            "bytes_received_total",
                                            "bytes_sent_total",
                                            "sessions_ended_total"};
  REQUIRE(names.size() > first.size());
  CHECK(std::equal(first.begin(), first.end(), names.begin()));
  CHECK(serving.server->registry().value("workers") == 3);
}

namespace {

/// One place for an echo, and `own` for those who administer.
config::Config full_with_one(std::size_t own) {
  config::Config config = several_workers("echo");
  config.limits.max_connections = 1;
  config.listeners.push_back(tests::settings("admin"));
  config::Listener& admin = config.listeners.back();
  admin.address = "127.0.0.1:0";
  admin.limits.max_connections = own;
  admin.limits.at_limit = config::AtLimit::refuse;
  return config;
}

}  // namespace

TEST_CASE("a full server can be administered, by as many as may, and counts none", "[server]") {
  Serving serving(full_with_one(2));
  serving.connect(1);
  serving.run([](Serving& self) -> streams::Task<void> {
    co_await self.active(1);
    std::vector<tests::Peer> admins;
    for (int i = 0; i < 3; ++i) admins.push_back(administer(self));
    admins[0].send("PING\r\n");
    admins[1].send("STATS connections_\r\n");
    std::string first;
    std::string second;
    std::string third;
    co_await tests::until(self.server->loop(), [&] {
      return (first += admins[0].receive()).ends_with("\n") &&
             (second += admins[1].receive()).ends_with("\n");
    });
    CHECK(first == "+PONG\r\n");
    CHECK(second.find("+connections_active 1\r\n") != std::string::npos);
    CHECK(second.find("+connections_total 1\r\n") != std::string::npos);
    CHECK(second.find("+connections_refused_total 0\r\n") != std::string::npos);
    co_await tests::until(self.server->loop(), [&] {
      third += admins[2].receive();
      return admins[2].has_ended();
    });
    CHECK(third == "-ERR too many admin connections, try again later\r\n");
    self.stop(SIGTERM);
    for (tests::Peer& peer : self.peers) peer.shutdown_send();
  });
  CHECK(serving.value("connections_total") == 1);
}

TEST_CASE("who administers and does not read holds up no stop", "[server]") {
  Serving serving(full_with_one(2));
  serving.run([](Serving& self) -> streams::Task<void> {
    tests::Peer admin = administer(self);
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += "STATS\r\n";
    co_await tests::until(self.server->loop(), [&] { return admin.try_send(many) == 0; });
    // The grace is an hour.
    self.stop(SIGTERM);
    co_await self.serving->join();
  });
}

TEST_CASE("a stop can be watched until the last client has gone", "[server]") {
  config::Config config = full_with_one(2);
  config.listeners.front() = tests::settings("chargen");
  config.listeners.front().address = "127.0.0.1:0";
  Serving serving(config);
  serving.connect(1);
  serving.run([](Serving& self) -> streams::Task<void> {
    co_await self.active(1);
    self.stop(SIGTERM);
    // Its client does not read, and comes after those who wait for nothing.
    co_await tests::several_turns(self.server->loop());
    tests::Peer admin = administer(self);
    admin.send("PING\r\nSTATS connections_active\r\n");
    std::string replies;
    co_await tests::until(self.server->loop(), [&] {
      replies += admin.receive();
      return replies.ends_with("+connections_active 1\r\n") || admin.has_ended();
    });
    CHECK(replies.starts_with("+PONG\r\n"));
    CHECK_FALSE(admin.has_ended());
    self.peers.front().reset();
    co_await self.serving->join();
    admin.receive();
    CHECK(admin.has_ended());
  });
}

TEST_CASE("what a listener was before a reload does not matter to a stop", "[server]") {
  Serving serving(several_workers("line"));
  serving.run([](Serving& self) -> streams::Task<void> {
    for (const std::string_view protocol : {"admin", "line", "admin"}) {
      config::Config config = several_workers(std::string(protocol));
      std::vector<server::serving::Server::SocketsFrom> sources(1);
      sources.front().kept = 0;
      self.server->apply(config, std::move(sources));
    }
    tests::Peer admin = connected_to(self.server->acceptors().front()->sockets().front().address());
    admin.send("HELP\r\n");
    std::string reply;
    co_await tests::until(self.server->loop(),
                          [&] { return (reply += admin.receive()).find("STOP") != reply.npos; });
    self.stop(SIGTERM);
    co_await self.serving->join();
    admin.receive();
    CHECK(admin.has_ended());
  });
}
