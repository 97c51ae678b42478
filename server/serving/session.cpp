#include "server/serving/session.hpp"

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "server/insight/probes.hpp"

namespace server::serving {
namespace {

/// A client speaks soon after it has connected; one that was silent for longer is idle.
constexpr std::chrono::seconds first_request{1};

}  // namespace

streams::StreamOptions Session::stream_options(const Listener& listener, std::size_t worker) {
  const config::Limits& limits = listener.settings.limits;
  const auto bytes = [](std::size_t size) { return static_cast<std::uint32_t>(size); };
  streams::StreamOptions options;
  if (const auto limit_of = listener.protocol.reader_limit; limit_of != nullptr) {
    options.limit = limit_of(listener.context.options);
  }
  options.marks = {bytes(limits.high_water), bytes(limits.low_water)};
  options.close_timeout = limits.close_timeout;
  // Who administers the daemon can do so while clients take more than they may.
  options.exempt_from_budget = listener.protocol.own;
  if (listener.figures) options.traffic = &listener.figures->of_worker(worker).traffic;
  return options;
}

#if defined(__x86_64__) && defined(__GLIBCXX__)
// There is one for each connection, idle ones too.
static_assert(sizeof(Session) == 360);
#endif

Session::Session(Sessions& sessions, Accepted accepted)
    : Member(sessions),
      Connection(sessions.loop, accepted.socket.take(), accepted.peer,
                 accepted.listener->is_staged
                     ? Stage::outer(stream_options(*accepted.listener, sessions.worker))
                     : stream_options(*accepted.listener, sessions.worker)),
      listener_(std::move(accepted.listener)),
      id_(accepted.id),
      ticket_(std::move(accepted.ticket)),
      started_(Clock::now()),
      last_activity_(started_),
      cause_(accepted.refused ? Cause::refused : Cause::none) {
  if (is_measured()) {
    watch_first_byte();
  } else {
    has_spoken_ = true;
  }
}

void Session::start(Sessions& sessions, Accepted accepted) {
  Acceptor* const acceptor = accepted.acceptor;
  const std::optional<faults::Identity> faulty = accepted.faulty;
  auto* const session = new Session(sessions, std::move(accepted));
  ECHOLINE_PROBE1(session_begin, session->id_);
  if (session->listener_->figures) {
    sessions.events.publish(&insight::SessionSubscriber::started, session->info());
  }
  session->begin(acceptor, faulty);
}

void Session::begin(Acceptor* acceptor, const std::optional<faults::Identity>& faulty) noexcept
    try {
  if (debug() != nullptr) {
    set_name("session " + std::to_string(id_) + " of " + listener_->settings.name);
  }
  if (cause_ != Cause::refused)
    return listener_->is_plain ? serve() : begin_unusually(acceptor, faulty);
  writer().write(listener_->protocol.refusal.full);
  close();
} catch (const std::exception& exception) {
  // No memory for the frame of its first phase.
  fail(exception.what());
  finish();
}

void Session::serve() {
  run(Phase::protocol, listener_->protocol.serve(reader(), writer(), listener_->context));
}

// May have deleted the session when it returns.
void Session::run(Phase phase, streams::Task<std::error_code> task) {
  phase_ = phase;
  task_ = std::move(task);
  Member::start(task_, *this);
}

void Session::task_done() noexcept {
  if (is_given_away_) return end_given_away();
  bool is_cut_short = false;
  try {
    std::error_code result = task_.take();
    if (phase_ == Phase::header) {
      result = end_header(result);
      if (!result) return serve_staged(sessions().proxied[this].faulty);
    }
    is_cut_short = result && result != streams::Error::end_of_stream && cause_ != Cause::refused;
    conclude(result);
  } catch (const std::exception& exception) {
    fail(exception.what());
  } catch (...) {
    fail("an exception of unknown type");
  }
  if (phase_ == Phase::close) return finish();
  // What was cut short must not look complete to the peer: no FIN behind an error.
  if (is_cut_short) writer().abort();
  close();
}

// The first cause that is not ordinary stands.
void Session::conclude(const std::error_code& result) noexcept {
  const bool is_reset =
      result && result != streams::Error::end_of_stream && result != streams::Error::unacknowledged;
  // A stop lets its sessions end well. One that ended with a reset did not, and says so.
  if (!insight::is_ordinary(cause_) && !(is_reset && insight::is_graceful(cause_))) return;
  if (result == streams::Error::unacknowledged) {
    cause_ = Cause::unacknowledged;
  } else if (phase_ == Phase::close && result == streams::Error::limit_overrun) {
    cause_ = Cause::sent_too_much;
  } else if (is_reset) {
    cause_ = Cause::connection_error;
    error_ = result;
  } else if (cause_ == Cause::none) {
    cause_ = result ? Cause::peer_closed : Cause::done;
  }
}

void Session::close() noexcept try {
  writer().close();
  // A peer that the server itself ends, at a stop, by order or because of a limit, has no FIN of
  // its own to send yet. It is enough that its kernel has everything and that it is quiet.
  const bool is_quiet = was_idle_ || insight::is_graceful(cause_) || insight::is_limit(cause_);
  run(Phase::close, wait_closed(is_quiet ? WaitFor::quiet : WaitFor::fin));
} catch (const std::exception& exception) {
  fail(exception.what());
  finish();
}

void Session::finish() noexcept {
  if (is_kept()) keep();
  // Of what was there before the loop could tell of it.
  if (transport().bytes_received() != 0) note_first_byte({});
  const std::optional<streams::TcpInfo> network = take_network();
  const Proxied proxied = take_proxied();
  const auto lasted = Clock::now() - started_;
  ECHOLINE_PROBE4(session_end, id_, transport().bytes_received(), transport().bytes_sent(),
                  lasted.count());
  if (listener_->figures) {
    const Moment stalled = stalled_before_ + (stalled_since_ == 0 ? 0 : moment() - stalled_since_);
    sessions().events.publish(
        &insight::SessionSubscriber::ended,
        insight::SessionEnd{info(), transport().bytes_received(), transport().bytes_sent(), lasted,
                            cause_, error_.code(), listener_->settings.log_sessions,
                            stalled * stall_unit, stalled_since_ != 0, network, proxied.proxy,
                            proxied.header, take_faults_met()});
  }
  delete this;
}

void Session::fail(std::string_view what) noexcept {
  sessions().events.publish(&insight::SessionSubscriber::failed, listener_->figures.get(), id_,
                            what);
  abort(Cause::exception);
}

void Session::end(Cause cause) noexcept {
  if (cause_ == Cause::none) cause_ = cause;
  // Idle and yet something to send: this peer has stopped reading, and no end of its input matters.
  if (cause == Cause::idle && writer().pending() != 0) return writer().abort();
  feed_eof();
}

void Session::feed_eof() noexcept {
  Stage* const staged = stage();
  was_idle_ = is_idle() && (staged == nullptr || staged->is_empty());
  // Its reader is woken, and no event tells of the first byte any more.
  if (progress() == 0) has_spoken_ = true;
  reader().feed_eof();
  if (staged != nullptr) staged->hurry();
}

bool Session::is_new() const noexcept {
  return !has_moved() && Clock::now() - started_ < first_request;
}

void Session::drain() noexcept {
  if (phase_ == Phase::close) return stop_waiting_for_fin();
  const bool stuck = writer().pending() != 0 && transport().unread() != 0;
  const bool is_spared_as_new = is_new();
  if (is_own() || (!stuck && !is_spared_as_new)) return end(Cause::shutdown);
  if (cause_ == Cause::none) cause_ = Cause::shutdown;
  progress_at_last_check_ = is_spared_as_new ? 0 : progress();
}

void Session::check_drained(bool may_wait) noexcept {
  if (phase_ == Phase::close || reader().is_eof_fed()) return;
  // drain() spared it because nothing had come yet, or because it had stopped reading.
  const bool was_new = progress_at_last_check_ == 0;
  const bool moves =
      was_new ? is_new() : writer().pending() != 0 || progress() != progress_at_last_check_;
  if (!was_new) progress_at_last_check_ = progress();
  if (!moves || !may_wait) feed_eof();
}

void Session::abort(Cause cause) noexcept {
  if (insight::is_ordinary(cause_) || insight::is_graceful(cause_)) cause_ = cause;
  writer().abort();
}

Session::Moment Session::moment() const noexcept {
  const auto since = (Clock::now() - started_) / stall_unit;
  return static_cast<Moment>(since) | Moment{1};
}

void Session::on_stalled() noexcept {
  ECHOLINE_PROBE2(stall, id_, writer().pending());
  if (!is_measured() || stalled_since_ != 0) return;
  stalled_since_ = moment();
  sessions().events.publish(&insight::SessionSubscriber::stalled, info());
}

void Session::on_drained() noexcept {
  ECHOLINE_PROBE1(drained, id_);
  if (stalled_since_ == 0) return;
  const Moment length = moment() - std::exchange(stalled_since_, 0);
  stalled_before_ += length;
  sessions().events.publish(&insight::SessionSubscriber::drained, info(), length * stall_unit);
}

void Session::on_first_byte() noexcept {
  note_first_byte(transport().bytes_received() == 0 ? Clock::now() - started_ : Clock::duration{});
}

void Session::note_first_byte(Clock::duration after) noexcept {
  if (has_spoken_) return;
  has_spoken_ = true;
  sessions().events.publish(&insight::SessionSubscriber::first_byte, info(), after);
}

void Session::has_answered(std::chrono::nanoseconds after) noexcept {
  if (listener_->figures) block().request.observe(insight::in_microseconds(after));
}

void Session::measure_network() noexcept {
  if (!is_measured() || !has_network()) return;
  block().observe(transport().tcp_info(), insight::WorkerBlock::When::living);
}

void Session::on_close() noexcept try {
  if (Stage* const staged = stage(); staged != nullptr) staged->abandon();
  if (is_kept()) was_reset_ = transport().resets_at_close();
  if (is_measured() && has_network()) sessions().networks.emplace(this, transport().tcp_info());
} catch (const std::bad_alloc&) {
  // Then its end is told without.
}

std::optional<streams::TcpInfo> Session::take_network() noexcept {
  if (sessions().networks.empty()) return std::nullopt;
  auto found = sessions().networks.extract(this);
  return found ? std::optional(found.mapped()) : std::nullopt;
}

void Session::end_by_order(bool reset) noexcept {
  if (reset) return abort(Cause::aborted);
  if (phase_ == Phase::close) return stop_waiting_for_fin();
  if (cause_ == Cause::none) last_activity_ = Clock::now();
  end(Cause::closed);
}

protocols::AdminHost::Session Session::state(Clock::time_point now) const {
  using std::chrono::milliseconds;
  const Stage* const staged = stage();
  const std::size_t unsent = writer().pending() + (staged == nullptr ? 0 : staged->unsent());
  return {id_,
          listener_->settings.name,
          writer().peername().to_string(),
          proxy_name(),
          std::chrono::duration_cast<milliseconds>(now - started_),
          std::chrono::duration_cast<milliseconds>(silent(now)),
          transport().bytes_received(),
          transport().bytes_sent(),
          unsent,
          writer().must_drain(),
          std::chrono::duration_cast<milliseconds>(
              stalled_since_ == 0 ? stall_unit * 0 : (moment() - stalled_since_) * stall_unit),
          transport().tcp_info().rtt};
}

}  // namespace server::serving
