// What the tests of serving/ have in common: listeners without a configuration file, and a
// subscriber that keeps what it hears.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/insight/registry.hpp"
#include "server/insight/session_events.hpp"
#include "server/serving/accepted.hpp"
#include "server/serving/listener.hpp"
#include "server/sockets/binder.hpp"
#include "tests/streams/socket_pair.hpp"

namespace tests {

/// Keeps the events of a worker.
struct Events final : server::insight::SessionSubscriber {
  void refused(server::insight::ListenerFigures&, const streams::Endpoint&,
               server::insight::Refusal refusal) noexcept override {
    refusals.push_back(refusal);
  }
  void limit_reached(server::insight::ListenerFigures&,
                     server::insight::Refusal refusal) noexcept override {
    limits.emplace_back(std::string("reached ").append(word(refusal)));
  }
  void limit_left(server::insight::ListenerFigures&,
                  server::insight::Duration after) noexcept override {
    limits.emplace_back(after.count() > 0 ? "left" : "left at once");
  }
  void started(const server::insight::SessionInfo&) noexcept override { ++starts; }
  void first_byte(const server::insight::SessionInfo&,
                  server::insight::Duration after) noexcept override {
    first_bytes.push_back(after);
  }
  void stalled(const server::insight::SessionInfo&) noexcept override { ++stalls; }
  void drained(const server::insight::SessionInfo&, server::insight::Duration) noexcept override {
    ++drains;
  }
  void fault_met(const server::insight::SessionInfo&, faults::Action action,
                 std::uint64_t times) noexcept override {
    faults.emplace_back(action, times);
  }
  void ended(const server::insight::SessionEnd& end) noexcept override {
    causes.push_back(end.cause);
    networks.push_back(end.network);
    above_high_water = end.above_high_water;
    if (end.faults) faults_met = end.faults->met;
  }
  void failed(server::insight::ListenerFigures*, std::uint64_t,
              std::string_view what) noexcept override {
    failures.emplace_back(what);
  }

  std::vector<server::insight::Refusal> refusals;
  std::vector<std::string> limits;
  int starts = 0;
  std::vector<server::insight::Duration> first_bytes;
  int stalls = 0;
  int drains = 0;
  std::vector<std::optional<streams::TcpInfo>> networks;
  server::insight::Duration above_high_water{};
  std::vector<server::insight::Cause> causes;
  std::string faults_met;
  std::vector<std::string> failures;
  std::vector<std::pair<faults::Action, std::uint64_t>> faults;
};

inline config::Listener settings(std::string protocol, config::Limits limits = {}) {
  config::Listener settings;
  settings.name = protocol;
  settings.protocol = std::move(protocol);
  settings.limits = limits;
  return settings;
}

/// Of a protocol of the server's, or of a test's own.
class TestListener {
 public:
  explicit TestListener(std::string protocol, config::Limits limits = {})
      : TestListener(*server::protocols::find_protocol(protocol), limits) {}
  explicit TestListener(const server::protocols::Protocol& protocol, config::Limits limits = {})
      : TestListener(protocol, settings(std::string(protocol.name), limits)) {}
  explicit TestListener(config::Listener settings)
      : TestListener(*server::protocols::find_protocol(settings.protocol), settings) {}

  const server::serving::Listener& operator*() const noexcept { return listener_; }

 private:
  TestListener(const server::protocols::Protocol& protocol, config::Listener settings)
      : listener_(std::move(settings), protocol, {"0", {}, stats_, std::chrono::system_clock::now},
                  figures_) {}

  server::insight::Registry stats_;
  std::shared_ptr<server::insight::ListenerFigures> figures_ =
      std::make_shared<server::insight::ListenerFigures>("test", 1);
  server::serving::Listener listener_;
};

/// What a listener at `address` listens with.
inline std::vector<server::sockets::BoundSocket> bound(std::string address, int backlog) {
  config::Listener listener;
  listener.address = std::move(address);
  listener.backlog = backlog;
  using server::sockets::Binder;
  return Binder("").bind(listener, Binder::resolve(listener)).sockets;
}

/// A connection that was just accepted.
inline server::serving::Accepted accepted(streams::UniqueFd socket, const TestListener& listener,
                                          bool refused = false,
                                          std::optional<faults::Identity> faulty = {}) {
  return {1,
          streams::AcceptedSocket(std::move(socket)),
          streams::Endpoint{},
          server::serving::ListenerUse(*listener),
          {},
          refused,
          nullptr,
          faulty};
}

/// A log that says nothing about what goes well.
inline config::Log quiet() {
  config::Log log;
  log.level = config::LogLevel::error;
  return log;
}

/// A client of the server at 127.0.0.1:PORT, whose kernel takes it for connected.
inline Peer connected_to(const std::string& address) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto port = std::stoi(address.substr(address.rfind(':') + 1));
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  streams::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  REQUIRE(::fcntl(fd.get(), F_SETFL, O_NONBLOCK) == 0);
  return Peer(std::move(fd));
}

}  // namespace tests
