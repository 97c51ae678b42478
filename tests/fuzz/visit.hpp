// Connections through a real session, from accept to its end, for targets in which the peer sends
// what it likes. One after another, on one loop, which is turned by hand.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "server/insight/session_events.hpp"
#include "server/protocols/protocol.hpp"
#include "server/serving/session.hpp"
#include "server/serving/sessions.hpp"
#include "tests/fuzz/far_end.hpp"
#include "tests/fuzz/verdict.hpp"

namespace tests {

/// Protocols, the first of the table.
inline constexpr std::size_t served = 6;
/// Small, so that short inputs pass it.
inline constexpr std::size_t max_line = 16;

inline std::chrono::system_clock::time_point always_the_same() {
  return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000));
}

inline std::chrono::steady_clock::time_point never_moves() noexcept {
  return std::chrono::steady_clock::time_point(std::chrono::seconds(1'000));
}

/// What is there for as long as the program runs: a loop and its sessions.
class Worker final : public server::insight::SessionSubscriber {
 public:
  Worker() {
    stats_.add(active, {}, [] { return std::uint64_t{1}; });
    sessions_.events.subscribe(*this);
    streams::TurnQueue::set_current(&loop_.turns());
    for (std::size_t i = 0; i < served; ++i) {
      config::Listener settings;
      settings.name = server::protocols::protocols[i].name;
      const server::protocols::Context context{.version = "0.1.0",
                                               .options = {.max_line = max_line},
                                               .stats = stats_,
                                               .now = always_the_same,
                                               .monotonic = never_moves};
      listeners_[i] = std::make_unique<server::serving::Listener>(
          settings, server::protocols::protocols[i], context, figures_);
    }
  }

  void start(FarEnd& peer, std::size_t protocol) {
    end_.reset();
    const auto session = [&] {
      server::serving::ListenerUse use(*listeners_[protocol]);
      server::serving::Session::start(sessions_, {1,
                                                  streams::AcceptedSocket(peer.take()),
                                                  streams::Endpoint{},
                                                  std::move(use),
                                                  {},
                                                  false});
    };
    loop_.call_in_turn(session, "at the start");
    turn();
  }
  /// Everything that is ready runs.
  void turn() {
    while (loop_.readiness().poll()) {
    }
    loop_.context().poll();
  }
  bool is_over() const noexcept { return sessions_.empty(); }
  const std::optional<server::insight::SessionEnd>& end() const noexcept { return end_; }

  void ended(const server::insight::SessionEnd& end) noexcept override {
    static const streams::Endpoint nobody;
    end_.emplace(server::insight::SessionEnd{{end.session.id, *figures_, nobody},
                                             end.received,
                                             end.sent,
                                             end.lasted,
                                             end.cause,
                                             end.error});
  }
  void failed(server::insight::ListenerFigures*, std::uint64_t,
              std::string_view what) noexcept override {
    found("an exception", what);
  }

 private:
  static constexpr server::insight::Family active{.name = "sessions_active", .help = ""};

  server::insight::Registry stats_;
  std::shared_ptr<server::insight::ListenerFigures> figures_ =
      std::make_shared<server::insight::ListenerFigures>("fuzz", 1);
  std::array<std::unique_ptr<server::serving::Listener>, served> listeners_;
  streams::EventLoop loop_;
  server::serving::Sessions sessions_{loop_, 0};
  std::optional<server::insight::SessionEnd> end_;
};

inline Worker& worker() {
  static Worker only;
  return only;
}

/// What came of one connection.
struct Outcome {
  std::string output;
  server::insight::Cause cause{};
  std::error_code error;
  bool reset = false;
};

/// Of chargen, which has no end of its own.
inline constexpr std::size_t enough = 3000;

/// The peer sends `pieces`, each once the session has done what it can with the one before, and
/// FIN: together with the last, or after it.
inline Outcome visit(std::size_t protocol, const std::vector<std::string_view>& pieces,
                     bool fin_with_last, std::string_view moods) {
  FarEnd peer(moods);
  Worker& server = worker();
  server.start(peer, protocol);
  for (const std::string_view& piece : pieces) {
    peer.arrive(piece);
    if (fin_with_last && &piece == &pieces.back()) peer.fin();
    server.turn();
    peer.output();
  }
  const bool is_endless = server::protocols::protocols[protocol].name == "chargen";
  for (int turns = 0; is_endless && peer.output().size() < enough; ++turns) {
    if (turns > 10'000) found("chargen does not go on");
    server.turn();
  }
  is_endless ? peer.reset() : peer.fin();
  for (int turns = 0; !server.is_over(); ++turns) {
    if (turns > 100'000) found("the session does not end");
    peer.output();
    server.turn();
  }
  if (!server.end()) found("an end that nobody was told of");
  return {peer.output(), server.end()->cause, server.end()->error, peer.was_reset()};
}

inline std::string described(std::string_view name, const Outcome& outcome) {
  return "\n" + std::string(name) + ": " + text::escaped(outcome.output) + "\n  then " +
         std::string(word(outcome.cause)) + " " + outcome.error.message();
}

}  // namespace tests
