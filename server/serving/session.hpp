// A Session: one peer from accept to report. It runs the listener's protocol on a connection,
// closes gracefully, or resets what must not look complete, and is the one place that catches what
// a handler throws. A member of its worker's group, on that worker's thread; it owns itself and is
// gone once it has reported. There is one for each connection, idle ones too, so its phases are
// tasks in turn and not a coroutine around them that would be kept for as long. The first of them,
// the header of a proxy, is only where the listener expects one.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "server/admission/ticket.hpp"
#include "server/insight/session_events.hpp"
#include "server/protocols/admin_host.hpp"
#include "server/serving/accepted.hpp"
#include "server/serving/sessions.hpp"
#include "server/serving/stage.hpp"
#include "server/serving/taken_over.hpp"
#include "streams/connection.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace server::serving {

/// The ways in which it ends:
///
///     end           feeds the reader its end: the protocol answers what has come, and returns
///     drain         end() at a stop, which spares those who may have more on the way
///     abort, fail   reset the connection; fail() after an exception
///     conclude      what the protocol, or close(), came to: the cause
///     close         the protocol has returned: sends what is left and FIN, waits for the peer's
///     finish        reports, and deletes the session
class Session final : public streams::TaskGroup::Member,
                      private streams::TaskObserver,
                      private streams::Connection {
 public:
  using Clock = std::chrono::steady_clock;

  using Cause = insight::Cause;

  /// Begins the life of a session. Throws std::system_error when the loop cannot watch the socket.
  static void start(Sessions& sessions, Accepted accepted);
  /// Goes on with one of another process. Until the loop's next look at it, nothing is done to its
  /// socket, not even where this throws: std::system_error, std::bad_alloc, or
  /// std::invalid_argument where the record is none of this protocol.
  static void resume(Sessions& sessions, TakenOver taken);

  /// Appends what another process needs to go on with it; or why it has to stay, in a few static
  /// words, and nothing is appended. Between two turns. Throws std::bad_alloc.
  std::string_view save(std::string& records) const;
  /// The socket, which stays its own.
  int fd() const noexcept { return transport().fd(); }
  /// Another process goes on with it: lets go of the socket, ends soon, and reports nothing.
  void give_away() noexcept;

  const config::Limits& limits() const noexcept { return listener_->settings.limits; }
  /// Ends the session if one of its deadlines has passed, and resets one that was to end and has
  /// moved no byte for close_timeout. Called by the sweep of its Sessions.
  void check(Clock::time_point now) noexcept;
  /// Has what the kernel knows of the peer counted. Called by Sessions::measure_networks().
  void measure_network() noexcept;
  /// Whether it is the daemon's own business, which is no visit and counts as none.
  bool is_own() const noexcept { return listener_->protocol.own; }
  const protocols::Protocol& protocol() const noexcept { return listener_->protocol; }
  /// What the peer has sent is still answered, then the connection is closed.
  void end(Cause cause) noexcept;
  /// end() for a stop, except for peers that may have something on the way of which the kernel here
  /// knows nothing yet. Their input goes on:
  ///
  ///     who                         until when
  ///     has stopped reading         nothing has moved between two checks
  ///     has only just connected     its first request has come, or a second is over
  void drain() noexcept;
  /// Such a check: ends the input of those whose time has come, or of all unless `may_wait`.
  void check_drained(bool may_wait) noexcept;
  /// Ends it because all sessions together hold too much; one that takes nothing is reset.
  void shed(Clock::time_point now) noexcept;
  bool is_shed() const noexcept { return cause_ == Cause::max_memory; }
  /// Memory of its buffers, in bytes.
  std::size_t held() noexcept;
  /// Bytes that its peer's kernel has acknowledged. A system call.
  std::uint64_t taken() const noexcept {
    return transport().bytes_sent() - transport().unacknowledged();
  }
  /// Resets the connection.
  void abort(Cause cause) noexcept;
  /// By order of whoever administers: end(), or abort().
  void end_by_order(bool reset) noexcept;
  /// Likewise, of its faults. Throws std::bad_alloc.
  protocols::AdminHost::FaultAnswer order_fault(const protocols::AdminHost::FaultOrder& order);

  /// For how long it has moved no byte, as the sweeps have seen it.
  Clock::duration silent(Clock::time_point now) const noexcept {
    const bool has_moved_since = progress() != progress_at_last_check_;
    return has_moved_since ? Clock::duration::zero() : now - last_activity_;
  }

  std::uint64_t id() const noexcept { return id_; }
  /// Throws std::bad_alloc.
  protocols::AdminHost::Session state(Clock::time_point now) const;

 private:
  enum class Phase : std::uint8_t { header, protocol, close };

  Session(Sessions& sessions, Accepted accepted);
  Session(Sessions& sessions, TakenOver taken);
  ~Session() override = default;
  static streams::StreamOptions stream_options(const Listener& listener, std::size_t worker);

  void run(Phase phase, streams::Task<std::error_code> task);
  void task_done() noexcept override;
  void end_given_away() noexcept;
  void begin(Acceptor* acceptor, const std::optional<faults::Identity>& faulty) noexcept;
  void wait_for_header(Acceptor* acceptor);
  void serve();
  void begin_unusually(Acceptor* acceptor, const std::optional<faults::Identity>& faulty);
  void serve_staged(const std::optional<faults::Identity>& faulty);
  streams::Task<std::error_code> run_stage(std::optional<faults::Identity> faulty);
  std::optional<insight::FaultsMet> take_faults_met() noexcept;
  std::string why_no_faults() const;
  bool is_kept() const noexcept { return listener_->settings.keep_ended == config::KeepEnded::yes; }
  /// Keeps what it came to for who administers.
  void keep() noexcept;
  std::error_code end_header(const std::error_code& result);
  void conclude(const std::error_code& result) noexcept;
  void check_serving(Clock::time_point now) noexcept;
  void check_closing(Clock::time_point now) noexcept;
  void end_by_limit(Cause cause, Clock::time_point now) noexcept;
  void feed_eof() noexcept;
  void close() noexcept;
  void finish() noexcept;
  void fail(std::string_view what) noexcept;

  // Of the connection:
  void on_first_byte() noexcept override;
  void on_stalled() noexcept override;
  void on_drained() noexcept override;
  void on_close() noexcept override;
  void has_answered(std::chrono::nanoseconds after) noexcept override;

  /// Whether that is wanted which costs something.
  bool is_measured() const noexcept { return sessions().measures && listener_->figures; }
  bool has_network() const noexcept { return !transport().is_unix(); }
  insight::WorkerBlock& block() const noexcept {
    return listener_->figures->of_worker(sessions().worker);
  }
  insight::SessionInfo info() noexcept { return {id_, *listener_->figures, writer().peername()}; }
  void note_first_byte(Clock::duration after) noexcept;
  std::optional<streams::TcpInfo> take_network() noexcept;
  Proxied take_proxied() noexcept;
  std::string proxy_name() const;
  /// Of a session that has one, while its protocol runs; else nullptr.
  Stage* stage() const noexcept {
    return sessions().stages.empty() ? nullptr : sessions().stage_of(*this);
  }

  /// Whether its protocol has moved a byte: the header of a proxy is none.
  bool has_moved() const noexcept;
  /// Whether it has said nothing yet and may be about to.
  bool is_new() const noexcept;
  /// Changes when a byte was received or sent; 0 until then.
  std::uint32_t progress() const noexcept {
    return static_cast<std::uint32_t>(transport().bytes_received() + transport().bytes_sent());
  }
  Sessions& sessions() const noexcept { return static_cast<Sessions&>(group()); }

  const ListenerUse listener_;
  const std::uint64_t id_;
  admission::Ticket ticket_;
  streams::Task<std::error_code> task_;  // of the present phase
  const Clock::time_point started_;
  Clock::time_point last_activity_;  // as of the sweep that saw it
  std::uint32_t progress_at_last_check_ = 0;
  // Where it is measured: one that lasts for more than 19 hours is told short.
  using Moment = std::uint32_t;
  static constexpr std::chrono::microseconds stall_unit{16};
  Moment moment() const noexcept;
  Moment stalled_since_ = 0;     // from the start of the session; 0 while it is not
  Moment stalled_before_ = 0;    // in all
  streams::CompactError error_;  // with connection_error
  Phase phase_ : 2 = Phase::protocol;
  bool has_spoken_ : 1 = false;  // its first byte is measured, or is not to be
  bool was_reset_ : 1 = false;   // by us, with keep_ended
  bool was_idle_ : 1 = false;    // when its reader was fed the end: nothing was on its way
  bool is_given_away_ : 1 = false;
  Cause cause_;
};

template <class Visit>
void Sessions::for_each(Visit visit) {
  TaskGroup::for_each([&visit](Member& member) { visit(static_cast<Session&>(member)); });
}

}  // namespace server::serving
