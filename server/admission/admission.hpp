// Admission: who gets in at one listener, and the tickets. It has two moments. Before accept(2) it
// decides whether there is a place; connections without one stay in the kernel's backlog, or are
// refused. After it, the peer is known, and held against [access]: the lists, the connections of
// its source, the rates.
//
// On the first worker's thread, as are all who share the server's places, so that the limits are
// exact. Who has to ask about another address than the peer's, such as a session that has read it
// in a proxy's header, asks on its own thread for the lists, is_allowed() in access.hpp. The counts
// are here: such a session would post its ticket and the address home, have admit() count it there,
// and go on when the answer was posted back. Its listener would not admit() the proxy itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "config/config.hpp"
#include "server/admission/sources.hpp"
#include "server/admission/ticket.hpp"
#include "server/insight/cause.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/semaphore.hpp"
#include "streams/task.hpp"

namespace server::admission {

/// What the listeners of a server share. Outlives them and every ticket.
struct Places {
  /// How many refused connections are told so at once, each by a session of its own.
  static constexpr std::size_t max_refusals = 16;

  Places(streams::EventLoop& loop, std::size_t max_connections) noexcept
      : connections(loop, max_connections), refusals(loop, max_refusals) {}

  streams::Semaphore connections;
  streams::Semaphore refusals;
};

/// What to do about the connection that comes next.
enum class Action : std::uint8_t {
  take,      ///< accept it
  wait,      ///< leave it in the backlog until there is a place
  refuse,    ///< accept it, and have a session tell it that the server is full
  turn_away  ///< accept it, send it the words and close: too many are being told already
};

/// The decision, from the places that are free.
constexpr Action decide(config::AtLimit at_limit, bool place, bool refusal_place) noexcept {
  if (place) return Action::take;
  if (at_limit == config::AtLimit::wait) return Action::wait;
  return refusal_place ? Action::refuse : Action::turn_away;
}

class Admission {
 public:
  using Clock = Sources::Clock;

  /// `limits` and `access` are the listener's; the latter outlives this, or an apply() with
  /// another. `seed` is any number that peers do not know.
  Admission(streams::EventLoop& loop, Places& places, const config::Limits& limits,
            const config::Access& access, std::uint64_t seed) noexcept;

  struct Decision {
    Action action;
    Ticket ticket;             ///< with take and refuse
    insight::Refusal refusal;  ///< else: what has no place
  };
  Decision next() noexcept;
  /// A ticket if there is a place, else an empty one.
  Ticket try_take() noexcept;
  /// Whether try_take() would take one.
  bool has_place() const noexcept {
    return listener_places_.free() != 0 && places_->connections.free() != 0;
  }
  /// A ticket for a connection that was admitted by another process, which counts with its source
  /// from then on, whatever the limits are. Throws std::bad_alloc.
  Ticket take_over(const streams::Endpoint& peer);
  /// A ticket as soon as there is a place; an empty one when cancelled.
  streams::Task<Ticket> wait();

  /// Whether it has anything to ask of a peer.
  bool looks_at_peers() const noexcept { return looks_at_peers_; }
  /// The second moment: why the peer is not let in, or nothing. One that is let in is counted with
  /// its source from then on, for as long as the ticket lives; an empty ticket, of who is refused
  /// anyway, counts nowhere. Throws std::bad_alloc.
  std::optional<insight::Refusal> admit(const streams::Endpoint& peer, Ticket& ticket,
                                        Clock::time_point now);

  /// Takes effect with the next decision; who waits goes on waiting.
  void apply(Places& places, const config::Limits& limits, const config::Access& access) noexcept;
  /// How many of the listener's places are taken.
  std::size_t places_taken() const noexcept { return listener_places_.out(); }
  /// Whether no connection holds a place of this listener's any more.
  bool all_returned() const noexcept { return listener_places_.all_released(); }

 private:
  void apply(const config::Limits& limits, const config::Access& access) noexcept;

  Places* places_;
  streams::Semaphore listener_places_;
  Sources sources_;
  config::AtLimit at_limit_ = config::AtLimit::wait;
  bool looks_at_peers_ = false;
  const config::Access* access_ = nullptr;
  insight::Refusal refusal_{};  // as of the last try_take() that took none
};

}  // namespace server::admission
