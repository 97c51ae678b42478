#include "server/serving/acceptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

#include "server/admission/proxies.hpp"
#include "server/insight/probes.hpp"
#include "streams/text/shortage.hpp"
#include "streams/timer.hpp"

namespace server::serving {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds error_report_interval{1};

std::string_view remedy(int error) noexcept {
  if (error != EINVAL) return text::remedy(error);
  return "the socket no longer listens, because a process that shares it has shut it down; restart "
         "its .socket unit and this daemon";
}

}  // namespace

Acceptor::Acceptor(AcceptorHost& host, std::unique_ptr<const Listener> listener,
                   std::vector<sockets::BoundSocket> sockets)
    : host_(host),
      listener_(std::move(listener)),
      admission_(host.loop, host.places_for(*listener_), listener_->settings.limits,
                 listener_->settings.access, host.seed),
      sleeper_(host.loop) {
  for (sockets::BoundSocket& socket : sockets) sockets_.emplace_back(host.loop, std::move(socket));
}

streams::Task<void> Acceptor::run() {
  begun_ = true;
  changed_ = true;
  tell_faults();
  while (changed_ && (state_ == State::accepting || state_ == State::retiring)) {
    changed_ = false;
    bool exhausted = false;
    try {
      if (state_ == State::accepting) {
        co_await accept_from_all();
      } else {
        co_await retire_within_patience();
      }
    } catch (const std::bad_alloc&) {
      after_failure(ENOMEM);
      exhausted = true;
    }
    if (exhausted && state_ == State::accepting) {
      co_await sleeper_.sleep_for(sockets::ListeningSocket::exhaustion_pause);
      changed_ = true;
    }
  }
  set_backlogs(0);
  for (sockets::ListeningSocket& socket : sockets_) {
    if (!leaves_backlog(socket)) accept_without_waiting(socket);
    socket.close();
  }
  leave_limit();
  if (listener_->figures) {
    listener_->figures->acceptor().waiting.set(0);
    listener_->figures->acceptor().backlog.set(0);
  }
  state_ = State::ended;
}

// Who waits on an inherited socket is the daemon's successor's; and nobody is let in any more to
// where the daemon was administered or watched, once a reload has taken that away.
bool Acceptor::leaves_backlog(const sockets::ListeningSocket& socket) const noexcept {
  return socket.inherited() || (listener_->protocol.own && state_ == State::retiring);
}

streams::Task<void> Acceptor::retire_within_patience() {
  set_backlogs(0);
  streams::Timer timer(host_.loop);
  timer.call_later(patience_, [this] { accepting_->cancel(); });
  co_await accept_from_all();
}

streams::Task<void> Acceptor::accept_from_all() {
  accepting_.emplace(host_.loop);
  std::deque<streams::Sleeper> sleepers;
  // Before there is anybody to wait for.
  streams::Task<void> joining = accepting_->join();
  std::exception_ptr failure;
  try {
    for (sockets::ListeningSocket& socket : sockets_) {
      streams::Sleeper& sleeper = sleepers.emplace_back(host_.loop);
      accepting_->spawn(accept_from(socket, sleeper), "accepting for " + listener_->settings.name);
    }
  } catch (...) {
    // Those that have begun still have to end.
    failure = std::current_exception();
    accepting_->cancel();
  }
  co_await std::move(joining);
  if (failure) std::rethrow_exception(failure);
}

streams::Task<void> Acceptor::accept_from(sockets::ListeningSocket& socket,
                                          streams::Sleeper& sleeper) {
  const bool retires = state_ == State::retiring;
  if (retires && leaves_backlog(socket)) co_return;
  // Who began before us may have left some.
  socket.assume_more();
  for (;;) {
    const bool some = co_await socket.readable();
    // Those who came in the turn of the stop are its backlog.
    if (!some || (!retires && state_ != State::accepting)) break;
    Next next = Next::pause;
    try {
      next = co_await accept_waiting(socket);
    } catch (const std::bad_alloc&) {
      next = after_failure(ENOMEM);
    }
    if (next == Next::give_up || (retires && next == Next::wait_for_some)) break;
    if (next == Next::pause) {
      const bool slept = co_await sleeper.sleep_for(pause_length());
      if (!slept) break;
      socket.assume_more();
    }
  }
}

// Clients whose connections wait in the backlog take them for accepted.
void Acceptor::accept_without_waiting(sockets::ListeningSocket& socket) {
  while (!socket.is_shut() && host_.stopping.takes_backlog()) {
    admission::Admission::Decision decision = admission_.next();
    note_limit(decision);
    if (decision.action == admission::Action::wait) break;
    const Attempt attempt = accept_one(socket, std::move(decision));
    // Where there was no memory for this one, there may be for the next.
    if (attempt.next != Next::accept_more && !attempt.took) break;
  }
}

void Acceptor::apply(std::unique_ptr<const Listener> listener) {
  // Its time at the limit is counted where it began.
  if (listener->figures != listener_->figures) leave_limit();
  earlier_.push_back(std::exchange(listener_, std::move(listener)));
  std::erase_if(earlier_, [](const auto& earlier) { return !earlier->in_use(); });
  admission_.apply(host_.places_for(*listener_), listener_->settings.limits,
                   listener_->settings.access);
  end_pause();
  set_backlogs(listener_->settings.backlog);
  tell_faults();
  if (state_ == State::retiring) state_ = State::accepting;
  // It may be waiting for a place where the new one refuses.
  note_change();
}

void Acceptor::stop() noexcept {
  if (state_ != State::ended) state_ = State::stopping;
  note_change();
}

void Acceptor::retire(std::chrono::milliseconds patience) noexcept {
  if (state_ == State::accepting) state_ = State::retiring;
  patience_ = patience;
  note_change();
}

void Acceptor::note_change() noexcept {
  changed_ = true;
  if (accepting_) accepting_->cancel();
}

void Acceptor::set_backlogs(int backlog) noexcept {
  for (sockets::ListeningSocket& socket : sockets_) socket.set_backlog(backlog);
}

bool Acceptor::may_be_destroyed() const noexcept {
  if (!has_ended() || !admission_.all_returned() || listener_->in_use()) return false;
  return std::none_of(earlier_.begin(), earlier_.end(),
                      [](const auto& earlier) { return earlier->in_use(); });
}

streams::Task<Acceptor::Next> Acceptor::accept_waiting(sockets::ListeningSocket& socket) {
  if (is_deaf(socket)) co_return Next::pause;
  for (int i = 0; i < sockets::ListeningSocket::accepts_per_turn; ++i) {
    admission::Admission::Decision decision = admission_.next();
    note_limit(decision);
    if (decision.action == admission::Action::wait || makes_room(decision, socket)) {
      decision.ticket = co_await admission_.wait();
      if (!decision.ticket) co_return Next::give_up;
      if (paused_until_) co_return Next::pause;
      decision.action = admission::Action::take;
    }
    const Next next = accept_one(socket, std::move(decision)).next;
    if (next != Next::accept_more) co_return next;
  }
  socket.assume_more();
  co_return Next::accept_more;
}

Acceptor::Attempt Acceptor::accept_one(sockets::ListeningSocket& socket,
                                       admission::Admission::Decision decision) try {
  sockets::ListeningSocket::Result accepted = socket.accept();
  if (accepted.error != 0) {
    const Next next = after_failure(accepted.error);
    // It has a place, and nobody to take it.
    if (next == Next::wait_for_some && decision.action == admission::Action::take) leave_limit();
    return {next};
  }
  const std::uint64_t id = ++host_.last_id;
  ECHOLINE_PROBE2(accept, id, accepted.socket.get());
  if (looks_at_peers()) look_at(accepted.peer, decision);
  const bool refused = decision.action != admission::Action::take;
  if (refused) tell_refused(accepted.peer, decision.refusal);
  if (decision.action == admission::Action::turn_away) {
    // Lost where the peer has sent something itself: only a session can wait for that.
    sockets::tell(accepted.socket.take(), listener_->protocol.refusal.of(decision.refusal));
  } else {
    const std::optional<faults::Identity> faulty =
        refused ? std::nullopt : number_for_faults(accepted.peer);
    // Before its client can see its end, and come again.
    if (faulty) begin_pause(*faulty);
    host_.hand_over(Accepted{id, std::move(accepted.socket), accepted.peer, ListenerUse(*listener_),
                             std::move(decision.ticket), refused, this, faulty});
    if (paused_until_) return {Next::pause, true};
  }
  return {Next::accept_more, true};
} catch (const std::bad_alloc&) {
  return {after_failure(ENOMEM), true};
}

void Acceptor::look_at(const streams::Endpoint& peer, admission::Admission::Decision& decision) {
  const text::NetworkSet& proxies = listener_->settings.proxy;
  std::optional<insight::Refusal> refusal = insight::Refusal::not_a_proxy;
  if (proxies.empty()) refusal = admission_.admit(peer, decision.ticket, Clock::now());
  if (!refusal || admission::is_proxy(proxies, peer)) return;
  decision.action = admission::Action::turn_away;
  decision.refusal = *refusal;
}

std::optional<insight::Refusal> Acceptor::admit_client(const streams::Endpoint& client,
                                                       admission::Ticket& ticket) {
  const auto refusal = admission_.admit(client, ticket, Clock::now());
  if (refusal) tell_refused(client, *refusal);
  return refusal;
}

Acceptor::Next Acceptor::after_failure(int error) noexcept {
  using AcceptStatus = sockets::ListeningSocket::AcceptStatus;
  const AcceptStatus status = sockets::ListeningSocket::accept_status(error);
  if (status == AcceptStatus::none_waits) return Next::wait_for_some;
  host_.errors.add(1);
  if (status == AcceptStatus::lost) return Next::accept_more;
  tell_failure(error);
  return Next::pause;
}

void Acceptor::tell_failure(int error) noexcept {
  const auto now = Clock::now();
  if (now < next_error_report_) return;
  next_error_report_ = now + error_report_interval;
  const char* const what = ::strerrordesc_np(error);
  host_.log.error("cannot-accept", {{"listener", listener_->settings.name},
                                    {"what", what},
                                    {"remedy", remedy(error)},
                                    {"retry", "every 100 ms"}});
}

}  // namespace server::serving
