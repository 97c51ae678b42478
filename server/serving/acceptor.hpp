// An Acceptor: takes connections from the sockets of one listener and hands them to the workers in
// turn. With several, one for each address of a name, they share the listener's places.
//
// It has a ticket before it accepts, so a full server leaves connections in the kernel's backlog,
// costs nothing, and takes the next the moment one leaves. With at_limit = "refuse" it accepts such
// a connection and has a session say that the server is full. Whom [access] refuses is told why and
// closed right here.
//
// On the first worker's thread, as all of admission.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/admission/admission.hpp"
#include "server/insight/log.hpp"
#include "server/insight/session_events.hpp"
#include "server/serving/accepted.hpp"
#include "server/serving/fault_numbers.hpp"
#include "server/serving/listener.hpp"
#include "server/serving/stopping.hpp"
#include "server/sockets/listening_socket.hpp"
#include "streams/counter.hpp"
#include "streams/event_loop.hpp"
#include "streams/sleeper.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace server::serving {

/// What the acceptors of a server share; on their thread, outlives them.
struct AcceptorHost {
  streams::EventLoop& loop;
  insight::Log& log;
  const Stopping& stopping;
  const insight::SessionEvents& events;  ///< the first worker's
  admission::Places places;
  admission::Places own_places;  ///< for the daemon's own business, when the others are taken
  streams::Counter errors;       ///< of accept(2)
  std::function<void(Accepted)> hand_over;
  /// Whether a place of an own protocol that is full will be free at once.
  std::function<bool(const protocols::Protocol&)> make_room = nullptr;
  std::uint64_t seed = admission::random_seed();
  std::uint64_t last_id = 0;
  /// Of listeners with faults that have no seed of their own.
  std::uint64_t fault_seed = (admission::random_seed() >> 11U) | 1U;

  admission::Places& places_for(const Listener& listener) noexcept {
    return listener.protocol.own ? own_places : places;
  }
};

class Acceptor {
 public:
  /// Throws as ListeningSocket does.
  Acceptor(AcceptorHost& host, std::unique_ptr<const Listener> listener,
           std::vector<sockets::BoundSocket> sockets);
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// Accepts until stop() or retire(); then takes those whose connections wait in the backlog, as
  /// far as there are places and the server is not being aborted, and closes the sockets. Those who
  /// wait on an inherited socket are left to the daemon's successor. Survives every error of
  /// accept(2), and lack of memory.
  streams::Task<void> run();

  const std::deque<sockets::ListeningSocket>& sockets() const noexcept { return sockets_; }
  const Listener& listener() const noexcept { return *listener_; }
  /// Whose connections it takes; a reload may change that.
  Stopping::Of of() const noexcept {
    return listener_->protocol.own ? Stopping::Of::own : Stopping::Of::clients;
  }

  bool has_begun() const noexcept { return begun_; }
  /// Whether run() has completed: its sockets are closed.
  bool has_ended() const noexcept { return state_ == State::ended; }

  /// Allocates what one apply() needs, so that it cannot fail. Throws std::bad_alloc.
  void reserve_apply() { earlier_.reserve(earlier_.size() + 1); }
  /// Those of its TCP sockets, for the connections that come from now on; before apply(). What was
  /// refused first.
  streams::OptionFailure change_options(const streams::SocketOptions& options) noexcept {
    return sockets::change_options(sockets_, listener_->settings.tcp, options);
  }
  /// Takes effect for the connections that come from now on, and undoes retire().
  void apply(std::unique_ptr<const Listener> listener);
  /// For the end of the server, which frees no places before it.
  void stop() noexcept;
  /// For the end of this listener alone: at most one more comes into the backlog at a time, and
  /// those who wait there are given `patience` to come to a place. Until then apply() takes it
  /// back.
  void retire(std::chrono::milliseconds patience) noexcept;
  /// Whether the client that a proxy has named may stay, as of any peer, and counts it; refused,
  /// that is told and counted. On the loop's thread. Throws std::bad_alloc.
  std::optional<insight::Refusal> admit_client(const streams::Endpoint& client,
                                               admission::Ticket& ticket);
  /// The first worker's. Any thread.
  streams::EventLoop& loop() const noexcept { return host_.loop; }
  /// How many connections hold one of the listener's places.
  std::size_t places_taken() const noexcept { return admission_.places_taken(); }
  /// Looks how many wait in its backlog, and counts the time at its limit so far. Where the daemon
  /// measures, each second.
  void measure() noexcept;
  /// Whether run() has completed and every session has ended.
  bool may_be_destroyed() const noexcept;

 private:
  enum class State : std::uint8_t {
    accepting,
    retiring,  ///< takes those who wait in the backlog, for as long as its patience lasts
    stopping,  ///< takes those of them for whom there is a place now
    ended
  };

  /// What to do after one accept(2).
  enum class Next : std::uint8_t { accept_more, wait_for_some, pause, give_up };

  /// What came of one accept(2).
  struct Attempt {
    Next next;
    bool took = false;  ///< a connection has left the backlog, whatever became of it
  };

  /// Accepts from each socket until cancelled; while retiring, only those who wait. Throws
  /// std::bad_alloc; then none is running.
  streams::Task<void> accept_from_all();
  streams::Task<void> accept_from(sockets::ListeningSocket& socket, streams::Sleeper& sleeper);
  streams::Task<void> retire_within_patience();
  bool leaves_backlog(const sockets::ListeningSocket& socket) const noexcept;
  void set_backlogs(int backlog) noexcept;
  /// Has run() look again at what it is to do.
  void note_change() noexcept;
  /// Takes those who wait, up to a turn's worth: wait_for_some when there is none left, accept_more
  /// when there may be, pause before the next attempt, give_up when cancelled.
  streams::Task<Next> accept_waiting(sockets::ListeningSocket& socket);
  void accept_without_waiting(sockets::ListeningSocket& socket);
  /// Whether one who is idle gives way to who comes; one that waits for that place has it soon.
  bool makes_room(const admission::Admission::Decision& decision,
                  const sockets::ListeningSocket& socket) const {
    const bool is_full = decision.action != admission::Action::take;
    return is_full && listener_->protocol.own && host_.make_room && socket.somebody_waits() &&
           host_.make_room(listener_->protocol);
  }
  /// Carries out what was decided, unless that is to wait.
  Attempt accept_one(sockets::ListeningSocket& socket, admission::Admission::Decision decision);
  /// Holds one that was accepted against [access], which may change the decision to turn_away.
  void look_at(const streams::Endpoint& peer, admission::Admission::Decision& decision);
  void tell_refused(const streams::Endpoint& peer, insight::Refusal why) const noexcept {
    if (!listener_->figures) return;
    host_.events.publish(&insight::SessionSubscriber::refused, *listener_->figures, peer, why);
  }
  bool looks_at_peers() const noexcept {
    return admission_.looks_at_peers() || !listener_->settings.proxy.empty();
  }
  Next after_failure(int error) noexcept;
  void tell_failure(int error) noexcept;
  std::uint64_t fault_seed() const noexcept {
    if (listener_->settings.replay) return listener_->settings.replay->seed;
    const auto own = static_cast<std::uint64_t>(listener_->settings.fault_seed);
    return own != 0 ? own : host_.fault_seed;
  }
  void tell_faults() const noexcept;
  /// Who one is of whom the listener's faults are for, if so. Throws std::bad_alloc.
  std::optional<faults::Identity> number_for_faults(const streams::Endpoint& peer);
  void begin_pause(const faults::Identity& who);
  /// Whether nobody can be accepted from it yet, because of a fault. Where its pause is over it
  /// listens again, if that is possible.
  bool is_deaf(sockets::ListeningSocket& socket) noexcept;
  void end_pause() noexcept;
  bool open_again(sockets::ListeningSocket& socket) noexcept;
  std::chrono::steady_clock::duration pause_length() const noexcept;
  void note_limit(const admission::Admission::Decision& decision) noexcept;
  void count_time_at_limit() noexcept;
  void leave_limit() noexcept;

  AcceptorHost& host_;
  std::unique_ptr<const Listener> listener_;
  std::vector<std::unique_ptr<const Listener>> earlier_;  // until a reload finds them unused
  std::deque<sockets::ListeningSocket> sockets_;
  admission::Admission admission_;
  std::optional<streams::TaskGroup> accepting_;
  streams::Sleeper sleeper_;
  State state_ = State::accepting;
  bool begun_ = false;    // run() has
  bool changed_ = false;  // the state or the listener is another than accept_from_all() began with
  std::chrono::milliseconds patience_{};  // while retiring
  std::chrono::steady_clock::time_point next_error_report_{};
  /// While all places are taken.
  struct AtLimit {
    std::chrono::steady_clock::time_point since;
    std::chrono::steady_clock::time_point counted;  // its time, up to then
  };
  std::optional<AtLimit> at_limit_;
  FaultNumbers fault_numbers_;
  /// Nobody is accepted, because of a fault.
  std::optional<std::chrono::steady_clock::time_point> paused_until_;
};

}  // namespace server::serving
