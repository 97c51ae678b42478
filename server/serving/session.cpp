#include "server/serving/session.hpp"

#include <array>
#include <exception>
#include <string>
#include <utility>

namespace server::serving {
namespace {

constexpr std::array<std::string_view, 9> cause_names{
    "",     "done",     "peer-closed", "connection-error", "refused",
    "idle", "shutdown", "aborted",     "exception"};

/// A client speaks soon after it has connected; one that was silent for longer is idle.
constexpr std::chrono::seconds first_request{1};

streams::StreamOptions stream_options(const config::Limits& limits) {
  const auto bytes = [](std::size_t size) { return static_cast<std::uint32_t>(size); };
  streams::StreamOptions options;
  options.limit = bytes(limits.max_line + 1);  // a carriage return before the LF does not count
  options.marks = {bytes(limits.high_water), bytes(limits.low_water)};
  return options;
}

}  // namespace

Session::Session(Sessions& sessions, Accepted accepted)
    : Member(sessions),
      listener_(std::move(accepted.listener)),
      id_(accepted.id),
      permit_(std::move(accepted.permit)),
      listener_permit_(std::move(accepted.listener_permit)),
      connection_(sessions.loop, std::move(accepted.socket), accepted.peer,
                  stream_options(limits())),
      started_(Clock::now()),
      cause_(accepted.refused ? Cause::refused : Cause::none) {
  if (debug() != nullptr) {
    set_name("session " + std::to_string(id_) + " of " + listener_->settings.name);
  }
}

void Session::start(Sessions& sessions, Accepted accepted) {
  auto* const session = new Session(sessions, std::move(accepted));
  sessions.metrics.sessions_started.add(1);
  session->serve();
}

void Session::serve() noexcept try {
  const protocols::Protocol& protocol = listener_->protocol;
  if (cause_ == Cause::refused) {
    connection_.writer().write(protocol.refusal);
    close();
  } else {
    run(Step::protocol,
        protocol.serve(connection_.reader(), connection_.writer(), listener_->context));
  }
} catch (const std::exception& exception) {
  // No memory for the protocol's frame.
  fail(exception.what());
  finish();
}

// May have deleted the session when it returns.
void Session::run(Step step, streams::Task<std::error_code> task) {
  step_ = step;
  task_ = std::move(task);
  Member::start(task_, *this);
}

void Session::task_done() noexcept {
  try {
    conclude(task_.take());
  } catch (const std::exception& exception) {
    fail(exception.what());
  } catch (...) {
    fail("an exception of unknown type");
  }
  step_ == Step::protocol ? close() : finish();
}

// The first cause that is more than an ordinary end stands.
void Session::conclude(const std::error_code& result) noexcept {
  if (cause_ > Cause::peer_closed) return;
  if (result && result != streams::Error::end_of_stream) {
    cause_ = Cause::connection_error;
    error_ = result.value();
  } else if (cause_ == Cause::none) {
    cause_ = result ? Cause::peer_closed : Cause::done;
  }
}

void Session::close() noexcept try {
  connection_.writer().close();
  run(Step::close, connection_.writer().wait_closed());
} catch (const std::exception& exception) {
  fail(exception.what());
  finish();
}

void Session::finish() noexcept {
  sessions().metrics.sessions_ended.add(1);
  report();
  delete this;
}

void Session::fail(std::string_view what) noexcept {
  sessions().log.error("session-failed", {{"id", id_}, {"what", what}});
  sessions().metrics.sessions_failed.add(1);
  abort(Cause::exception);
}

void Session::check_idle(Clock::time_point now) noexcept {
  const auto timeout = limits().idle_timeout;
  if (timeout.count() == 0 || cause_ != Cause::none) return;
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
  const auto now_ms = static_cast<std::uint32_t>(age.count());
  if (progress() != progress_at_last_check_) {
    progress_at_last_check_ = progress();
    last_activity_ = now_ms;
  } else if (now_ms - last_activity_ >= timeout.count()) {
    sessions().metrics.sessions_timed_out.add(1);
    end(Cause::idle);
  }
}

void Session::end(Cause cause) noexcept {
  if (cause_ == Cause::none) cause_ = cause;
  // Idle and yet something to send: this peer has stopped reading, and no end of its input matters.
  if (cause == Cause::idle && connection_.writer().pending() != 0)
    return connection_.writer().abort();
  connection_.reader().feed_eof();
}

bool Session::is_new() const noexcept {
  return progress() == 0 && Clock::now() - started_ < first_request;
}

void Session::shut_down() noexcept {
  const bool stuck = connection_.writer().pending() != 0 && connection_.transport().unread() != 0;
  if (!stuck && !is_new()) return end(Cause::shutdown);
  if (cause_ == Cause::none) cause_ = Cause::shutdown;
  progress_at_last_check_ = progress();
}

void Session::settle(bool time) noexcept {
  const bool was_new = progress_at_last_check_ == 0;
  const bool moves =
      was_new ? is_new()
              : connection_.writer().pending() != 0 || progress() != progress_at_last_check_;
  progress_at_last_check_ = progress();
  if (!moves || !time) connection_.reader().feed_eof();
}

void Session::abort(Cause cause) noexcept {
  if (cause_ <= Cause::peer_closed || cause_ == Cause::shutdown) cause_ = cause;
  connection_.writer().abort();
}

void Session::report() noexcept try {
  if (!sessions().log.enabled(config::LogLevel::info)) return;
  const streams::Transport& transport = connection_.transport();
  std::string message;
  std::string_view end = cause_names[static_cast<std::size_t>(cause_)];
  if (cause_ == Cause::connection_error) {
    end = message = std::error_code(error_, std::system_category()).message();
  }
  const std::string peer = connection_.writer().peername().to_string();
  const std::chrono::duration<double> seconds = Clock::now() - started_;
  sessions().log.info("session", {{"id", id_},
                                  {"listener", listener_->settings.name},
                                  {"peer", peer},
                                  {"received", transport.bytes_received()},
                                  {"sent", transport.bytes_sent()},
                                  {"seconds", seconds.count()},
                                  {"end", end}});
} catch (const std::exception&) {
  // Out of memory for a log line: the session itself has ended well.
}

}  // namespace server::serving
