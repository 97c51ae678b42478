// What happens to the sessions of one worker, and who hears of it. Whoever makes it happen
// publishes; the log's lines and the counters are subscribers, and neither side knows the other.
//
// On the worker's thread. What an event refers to holds during the call. A subscriber returns at
// once: one that cannot keep up drops and counts, and never delays a session.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

#include "streams/endpoint.hpp"

namespace server::insight {

/// Why a session ended: of its own accord, by the peer, or by the server.
enum class Cause : std::uint8_t {
  none,
  done,
  peer_closed,
  unacknowledged,  ///< closed while the peer had not taken everything: the kernel goes on with it
  connection_error,
  sent_too_much,  ///< after the end, and was reset
  refused,
  idle,
  shutdown,
  aborted,
  exception
};

/// Whether nothing out of line has happened: the session goes on, or has ended by itself. Any other
/// cause replaces these.
constexpr bool is_ordinary(Cause cause) noexcept {
  return cause == Cause::none || cause == Cause::done || cause == Cause::peer_closed;
}

struct SessionEnd {
  std::uint64_t id;           ///< unique while the server runs
  std::string_view listener;  ///< its name
  const streams::Endpoint& peer;
  std::uint64_t received;  ///< bytes
  std::uint64_t sent;      ///< bytes
  std::chrono::duration<double> lasted;
  Cause cause;
  std::error_code error;  ///< with connection_error
};

class SessionSubscriber {
 public:
  /// A connection was refused because the server or its listener is full. On the first worker only.
  virtual void refused() noexcept {}
  virtual void started() noexcept {}
  virtual void ended(const SessionEnd&) noexcept {}
  /// An exception ended it, or kept it from starting: a bug, or no memory.
  virtual void failed(std::uint64_t /*id*/, std::string_view /*what*/) noexcept {}

 protected:
  ~SessionSubscriber() = default;
};

class SessionEvents {
 public:
  /// Before the first event. It outlives this.
  void subscribe(SessionSubscriber& subscriber) { subscribers_.push_back(&subscriber); }

  void refused() const noexcept {
    for (SessionSubscriber* const each : subscribers_) each->refused();
  }
  void started() const noexcept {
    for (SessionSubscriber* const each : subscribers_) each->started();
  }
  void ended(const SessionEnd& end) const noexcept {
    for (SessionSubscriber* const each : subscribers_) each->ended(end);
  }
  void failed(std::uint64_t id, std::string_view what) const noexcept {
    for (SessionSubscriber* const each : subscribers_) each->failed(id, what);
  }

 private:
  std::vector<SessionSubscriber*> subscribers_;
};

}  // namespace server::insight
