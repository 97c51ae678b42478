// One session on a loop of its own, the peer at its far end, and what its worker hears of it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "server/serving/session.hpp"
#include "tests/server/serving/serving.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

namespace tests {

/// One session on a loop, with its peer.
struct Served {
  template <class Protocol>
  explicit Served(const Protocol& protocol, config::Limits limits = {}, bool refused = false)
      : listener(protocol, limits) {
    prepare(refused, std::nullopt);
  }
  /// One that the listener's faults are for, or not.
  Served(config::Listener settings, const std::optional<faults::Identity>& faulty)
      : listener(std::move(settings)) {
    prepare(false, faulty);
  }

  /// Runs the session, and `steps` beside it, until both have ended.
  template <class Steps>
  void run(Steps steps) {
    tests::run(loop, beside(std::move(steps)));
  }
  template <class Steps>
  streams::Task<void> beside(Steps steps) {
    start_();
    co_await steps(*this);
    co_await sessions.join();
  }
  void each(std::function<void(server::serving::Session&)> visit) { sessions.for_each(visit); }
  streams::Task<void> ended() {
    co_await tests::until(loop, [this] { return sessions.empty(); });
  }

  Events events;
  TestListener listener;
  streams::EventLoop loop;
  server::serving::Sessions sessions{loop, 0};
  std::optional<Peer> peer;

 private:
  void prepare(bool refused, const std::optional<faults::Identity>& faulty) {
    sessions.events.subscribe(events);
    SocketPair pair = tcp_pair();
    peer.emplace(std::move(pair.theirs));
    auto socket = std::make_shared<streams::UniqueFd>(std::move(pair.ours));
    start_ = [this, socket, refused, faulty] {
      server::serving::Session::start(sessions,
                                      accepted(std::move(*socket), listener, refused, faulty));
    };
  }

  std::function<void()> start_;
};

}  // namespace tests
