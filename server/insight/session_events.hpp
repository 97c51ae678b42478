// What happens to the connections of one worker, and who hears of it. Whoever makes it happen
// publishes; the log's lines, the counters and whoever watches are subscribers, and neither side
// knows the other.
//
// On the worker's thread. What an event refers to holds during the call. A subscriber returns at
// once: one that cannot keep up drops and counts, and never delays a session.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "config/config.hpp"
#include "server/insight/cause.hpp"
#include "server/insight/listener_figures.hpp"
#include "streams/endpoint.hpp"
#include "streams/faults/fault.hpp"
#include "streams/faults/identity.hpp"
#include "streams/tcp_info.hpp"

namespace server::insight {

using Duration = std::chrono::steady_clock::duration;

/// Whom an event is about.
struct SessionInfo {
  std::uint64_t id;           ///< unique while the server runs
  ListenerFigures& listener;  ///< whose client it is
  const streams::Endpoint& peer;
};

/// What became of the faults of a session.
struct FaultsMet {
  faults::Identity who;  ///< which connection of those that the listener's faults are for
  std::string met;       ///< faults::Script::met()
};

struct SessionEnd {
  SessionInfo session;
  std::uint64_t received;  ///< bytes
  std::uint64_t sent;      ///< bytes
  Duration lasted;
  Cause cause;
  std::error_code error;                               ///< with connection_error
  config::LogSessions log = config::LogSessions::all;  ///< whether the log has a line for it
  // Where the daemon measures:
  Duration above_high_water{};                ///< in all
  bool was_stalled = false;                   ///< as it ended
  std::optional<streams::TcpInfo> network{};  ///< as the socket was closed; not of a Unix socket
  // Behind a proxy:
  std::optional<streams::Endpoint>
      proxy{};                        ///< whose connection it was, where the peer is its client
  std::uint64_t header = 0;           ///< of the bytes received, those that name the client
  std::optional<FaultsMet> faults{};  ///< where there were to be some
};

class SessionSubscriber {
 public:
  /// There was no place for a connection, or its peer may not have one. On the first worker only,
  /// as are the next two.
  virtual void refused(ListenerFigures&, const streams::Endpoint& /*peer*/, Refusal) noexcept {}
  /// All places are taken, so that who comes next waits or is refused; and one is free that nobody
  /// waits for, after so long.
  virtual void limit_reached(ListenerFigures&, Refusal) noexcept {}
  virtual void limit_left(ListenerFigures&, Duration /*after*/) noexcept {}

  virtual void started(const SessionInfo&) noexcept {}
  /// A proxy did not say for whom it has connected as it should, and why.
  virtual void header_refused(const SessionInfo&, std::string_view /*what*/) noexcept {}
  /// A fault was met, so many times since the last call.
  virtual void fault_met(const SessionInfo&, faults::Action, std::uint64_t /*times*/) noexcept {}
  /// The client's first byte came so long after its connection. Where the daemon measures, as are
  /// the next two.
  virtual void first_byte(const SessionInfo&, Duration /*after*/) noexcept {}
  /// More than the high-water mark is unsent, and the session waits for the client to read; and it
  /// goes on, after so long. One that ends meanwhile is not told to go on.
  virtual void stalled(const SessionInfo&) noexcept {}
  virtual void drained(const SessionInfo&, Duration /*after*/) noexcept {}
  virtual void ended(const SessionEnd&) noexcept {}
  /// An exception ended it, or kept it from starting: a bug, or no memory. Without a listener it is
  /// of the daemon's own business, of which no other event tells.
  virtual void failed(ListenerFigures*, std::uint64_t /*id*/, std::string_view /*what*/) noexcept {}

 protected:
  ~SessionSubscriber() = default;
};

class SessionEvents {
 public:
  /// Before the first event. It outlives this.
  void subscribe(SessionSubscriber& subscriber) { subscribers_.push_back(&subscriber); }

  /// Tells every subscriber: `publish(&SessionSubscriber::started, info)`.
  template <class... Parameters, class... Arguments>
  void publish(void (SessionSubscriber::*event)(Parameters...) noexcept,
               Arguments&&... arguments) const noexcept {
    for (SessionSubscriber* const each : subscribers_) (each->*event)(arguments...);
  }

 private:
  std::vector<SessionSubscriber*> subscribers_;
};

}  // namespace server::insight
