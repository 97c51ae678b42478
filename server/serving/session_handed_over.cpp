// How a Session is told to another process, and how one goes on here that was told.
#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "server/insight/probes.hpp"
#include "server/serving/session.hpp"

namespace server::serving {
namespace {

std::optional<insight::Cause> cause_of(std::string_view word) noexcept {
  const auto found = std::ranges::find(insight::cause_words, word);
  if (found == insight::cause_words.end()) return std::nullopt;
  return static_cast<insight::Cause>(found - insight::cause_words.begin());
}

}  // namespace

std::string_view Session::save(std::string& records) const {
  if (protocol().resume == nullptr) return "its protocol";
  if (phase_ == Phase::header) return "a proxy's header to come";
  if (stage() != nullptr) return "faults, rates or a record of its end";
  if (phase_ == Phase::protocol && cause_ != Cause::none) return "its end";
  const std::optional<streams::ConnectionState> state = Connection::state();
  if (!state) return phase_ == Phase::close ? "its end" : "a broken connection";
  hand_over::Record record;
  record.connection = *state;
  record.id = id_;
  record.listener = listener_->settings.name;
  record.started = started_;
  record.last_activity = last_activity_;
  record.progress = progress_at_last_check_;
  record.stalled =
      (stalled_before_ + (stalled_since_ == 0 ? 0 : moment() - stalled_since_)) * stall_unit;
  record.phase = phase_ == Phase::close ? hand_over::Phase::close : hand_over::Phase::protocol;
  record.cause = word(cause_);
  record.is_quiet = was_idle_ || insight::is_graceful(cause_) || insight::is_limit(cause_);
  record.has_spoken = has_spoken_;
  record.limits = limits();
  record.protocol = protocol().name;
  const auto known = sessions().proxied.find(this);
  if (known != sessions().proxied.end()) {
    record.proxy = known->second.proxy;
    record.proxy_header = known->second.header;
  }
  std::string part;
  if (phase_ == Phase::protocol) save_filter(part);
  record.part = part;
  if (!fits(record)) return "too much that is unread or unsent";
  write_record(record, records);
  return {};
}

void Session::give_away() noexcept {
  is_given_away_ = true;
  sessions().proxied.erase(this);
  // The copy of it that the other process has is the one that counts.
  const streams::UniqueFd given = release();
}

void Session::end_given_away() noexcept {
  try {
    (void)task_.take();
  } catch (const std::exception&) {
    // Of what the other process has gone on with.
  }
  delete this;
}

Session::Session(Sessions& sessions, TakenOver taken)
    : Member(sessions),
      Connection(sessions.loop, taken.record.connection, std::move(taken.socket),
                 stream_options(*taken.listener, sessions.worker)),
      listener_(std::move(taken.listener)),
      id_(taken.record.id),
      ticket_(std::move(taken.ticket)),
      started_(taken.record.started),
      last_activity_(taken.record.last_activity),
      progress_at_last_check_(taken.record.progress),
      stalled_before_(static_cast<Moment>(taken.record.stalled / stall_unit)),
      was_idle_(taken.record.is_quiet),
      cause_(cause_of(taken.record.cause).value_or(Cause::none)) {
  if (is_measured() && !taken.record.has_spoken) {
    watch_first_byte();
  } else {
    has_spoken_ = true;
  }
}

void Session::resume(Sessions& sessions, TakenOver taken) {
  const hand_over::Record& record = taken.record;
  const bool closes = record.phase == hand_over::Phase::close;
  if (record.protocol != taken.listener->protocol.name || !cause_of(record.cause) ||
      taken.listener->protocol.resume == nullptr || closes != record.connection.is_closing) {
    throw std::invalid_argument("session " + std::to_string(record.id) + " is not of listener " +
                                std::string(record.listener));
  }
  const std::string_view part = record.part;
  const hand_over::Record known = record;
  const auto destroy = [&sessions](Session* session) {
    sessions.proxied.erase(session);
    delete session;
  };
  std::unique_ptr<Session, decltype(destroy)> session(new Session(sessions, std::move(taken)),
                                                      destroy);
  if (session->debug() != nullptr) {
    session->set_name("session " + std::to_string(known.id) + " of " +
                      session->listener_->settings.name);
  }
  if (known.proxy || known.proxy_header != 0) {
    Proxied& proxied = sessions.proxied[session.get()];
    proxied.proxy = known.proxy;
    proxied.header = known.proxy_header;
  }
  streams::Task<std::error_code> task =
      closes ? session->wait_closed(known.is_quiet ? WaitFor::quiet : WaitFor::fin)
             : session->protocol().resume(session->reader(), session->writer(),
                                          session->listener_->context, part);
  if (session->listener_->figures) {
    sessions.events.publish(&insight::SessionSubscriber::started, session->info());
  }
  // From here on it owns itself.
  session.release()->run(closes ? Phase::close : Phase::protocol, std::move(task));
}

}  // namespace server::serving
