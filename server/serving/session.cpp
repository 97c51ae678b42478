#include "server/serving/session.hpp"

#include <exception>
#include <string>
#include <utility>

namespace server::serving {
namespace {

/// A client speaks soon after it has connected; one that was silent for longer is idle.
constexpr std::chrono::seconds first_request{1};

streams::StreamOptions stream_options(const Listener& listener) {
  const config::Limits& limits = listener.settings.limits;
  const auto bytes = [](std::size_t size) { return static_cast<std::uint32_t>(size); };
  streams::StreamOptions options;
  if (const auto limit_of = listener.protocol.reader_limit; limit_of != nullptr) {
    options.limit = limit_of(listener.context.options);
  }
  options.marks = {bytes(limits.high_water), bytes(limits.low_water)};
  options.close_timeout = limits.close_timeout;
  return options;
}

}  // namespace

#if defined(__x86_64__) && defined(__GLIBCXX__)
// There is one for each connection, idle ones too.
static_assert(sizeof(Session) == 352);
#endif

Session::Session(Sessions& sessions, Accepted accepted)
    : Member(sessions),
      listener_(std::move(accepted.listener)),
      id_(accepted.id),
      ticket_(std::move(accepted.ticket)),
      connection_(sessions.loop, std::move(accepted.socket), accepted.peer,
                  stream_options(*listener_)),
      started_(Clock::now()),
      last_activity_(started_),
      cause_(accepted.refused ? Cause::refused : Cause::none) {
  if (debug() != nullptr) {
    set_name("session " + std::to_string(id_) + " of " + listener_->settings.name);
  }
}

void Session::start(Sessions& sessions, Accepted accepted) {
  auto* const session = new Session(sessions, std::move(accepted));
  if (!session->is_own()) sessions.events.started();
  session->serve();
}

void Session::serve() noexcept try {
  const protocols::Protocol& protocol = listener_->protocol;
  if (cause_ == Cause::refused) {
    connection_.writer().write(protocol.refusal);
    close();
  } else {
    run(Phase::protocol,
        protocol.serve(connection_.reader(), connection_.writer(), listener_->context));
  }
} catch (const std::exception& exception) {
  // No memory for the protocol's frame.
  fail(exception.what());
  finish();
}

// May have deleted the session when it returns.
void Session::run(Phase phase, streams::Task<std::error_code> task) {
  phase_ = phase;
  task_ = std::move(task);
  Member::start(task_, *this);
}

void Session::task_done() noexcept {
  bool is_cut_short = false;
  try {
    const std::error_code result = task_.take();
    is_cut_short = result && result != streams::Error::end_of_stream;
    conclude(result);
  } catch (const std::exception& exception) {
    fail(exception.what());
  } catch (...) {
    fail("an exception of unknown type");
  }
  if (phase_ == Phase::close) return finish();
  // What was cut short must not look complete to the peer: no FIN behind an error.
  if (is_cut_short) connection_.writer().abort();
  close();
}

// The first cause that is not ordinary stands.
void Session::conclude(const std::error_code& result) noexcept {
  const bool is_reset =
      result && result != streams::Error::end_of_stream && result != streams::Error::unacknowledged;
  // A stop lets its sessions end well. One that ended with a reset did not, and says so.
  if (!insight::is_ordinary(cause_) && !(is_reset && cause_ == Cause::shutdown)) return;
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
  connection_.writer().close();
  using WaitFor = streams::Connection::WaitFor;
  // A peer that the server itself ends, at a stop or for being idle, has no FIN of its own to send
  // yet. It is enough that its kernel has everything and that it is quiet.
  const bool is_quiet = was_idle_ || cause_ == Cause::shutdown;
  run(Phase::close, connection_.wait_closed(is_quiet ? WaitFor::quiet : WaitFor::fin));
} catch (const std::exception& exception) {
  fail(exception.what());
  finish();
}

void Session::finish() noexcept {
  const streams::Transport& transport = connection_.transport();
  if (!is_own())
    sessions().events.ended({id_, listener_->settings.name, connection_.writer().peername(),
                             transport.bytes_received(), transport.bytes_sent(),
                             Clock::now() - started_, cause_, error_.code()});
  delete this;
}

void Session::fail(std::string_view what) noexcept {
  sessions().events.failed(id_, what);
  abort(Cause::exception);
}

void Session::check_idle(Clock::time_point now) noexcept {
  if (cause_ != Cause::none) return;
  const auto timeout = idle_timeout();
  if (progress() != progress_at_last_check_) {
    progress_at_last_check_ = progress();
    last_activity_ = now;
  } else if (timeout.count() != 0 && now - last_activity_ >= timeout) {
    end(Cause::idle);
  }
}

void Session::end(Cause cause) noexcept {
  if (cause_ == Cause::none) cause_ = cause;
  // Idle and yet something to send: this peer has stopped reading, and no end of its input matters.
  if (cause == Cause::idle && connection_.writer().pending() != 0)
    return connection_.writer().abort();
  feed_eof();
}

void Session::feed_eof() noexcept {
  was_idle_ = connection_.is_idle();
  connection_.reader().feed_eof();
}

bool Session::is_new() const noexcept {
  return progress() == 0 && Clock::now() - started_ < first_request;
}

void Session::drain() noexcept {
  if (phase_ == Phase::close) return connection_.stop_waiting_for_fin();
  const bool stuck = connection_.writer().pending() != 0 && connection_.transport().unread() != 0;
  if (is_own() || (!stuck && !is_new())) return end(Cause::shutdown);
  if (cause_ == Cause::none) cause_ = Cause::shutdown;
  progress_at_last_check_ = progress();
}

void Session::check_drained(bool may_wait) noexcept {
  if (phase_ == Phase::close || connection_.reader().is_eof_fed()) return;
  // drain() spared it because nothing had come yet, or because it had stopped reading.
  const bool was_new = progress_at_last_check_ == 0;
  const bool moves =
      was_new ? is_new()
              : connection_.writer().pending() != 0 || progress() != progress_at_last_check_;
  progress_at_last_check_ = progress();
  if (!moves || !may_wait) feed_eof();
}

void Session::abort(Cause cause) noexcept {
  if (insight::is_ordinary(cause_) || cause_ == Cause::shutdown) cause_ = cause;
  connection_.writer().abort();
}

void Session::end_by_order(bool reset) noexcept {
  if (reset) return abort(Cause::aborted);
  if (phase_ == Phase::close) return connection_.stop_waiting_for_fin();
  end(Cause::shutdown);
}

protocols::AdminHost::Session Session::state(Clock::time_point now) const {
  using std::chrono::milliseconds;
  const streams::Transport& transport = connection_.transport();
  const streams::StreamWriter& writer = connection_.writer();
  const bool has_moved = progress() != progress_at_last_check_;
  const auto silent = has_moved ? Clock::duration::zero() : now - last_activity_;
  return {id_,
          listener_->settings.name,
          writer.peername().to_string(),
          std::chrono::duration_cast<milliseconds>(now - started_),
          std::chrono::duration_cast<milliseconds>(silent),
          transport.bytes_received(),
          transport.bytes_sent(),
          writer.pending(),
          writer.must_drain(),
          transport.tcp_info().rtt};
}

}  // namespace server::serving
