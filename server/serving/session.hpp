// A Session: one peer from accept to report. It runs the listener's protocol on a connection,
// closes gracefully whatever ended it, and is the one place that catches what a handler throws.
// A member of its worker's group, on that worker's thread; it owns itself and is gone once it has
// reported. There is one for each connection, idle ones too, so its two steps are two tasks in turn
// and not a coroutine around them that would be kept for as long.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "server/insight/log.hpp"
#include "server/insight/metrics.hpp"
#include "server/serving/listener.hpp"
#include "streams/connection.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace server::serving {

class Session;

/// The sessions of one worker, and what they share.
class Sessions final : public streams::TaskGroup {
 public:
  Sessions(streams::EventLoop& session_loop, insight::Log& session_log) noexcept
      : TaskGroup(session_loop), loop(session_loop), log(session_log) {}

  /// Calls `visit` with every session; it may end the one it is given, and no other.
  template <class Visit>
  void for_each(Visit visit);

  streams::EventLoop& loop;
  insight::Log& log;
  insight::WorkerMetrics metrics;
};

class Session final : public streams::TaskGroup::Member, private streams::TaskObserver {
 public:
  using Clock = std::chrono::steady_clock;

  /// Why a session ended: of its own accord, by the peer, or by the server.
  enum class Cause : std::uint8_t {
    none,
    done,
    peer_closed,
    connection_error,
    refused,
    idle,
    shutdown,
    aborted,
    exception
  };

  /// Begins the life of a session. Throws std::system_error when the loop cannot watch the socket.
  static void start(Sessions& sessions, Accepted accepted);

  /// Ends the session if it has been idle for too long. Called by the worker's sweep.
  void check_idle(Clock::time_point now) noexcept;
  /// What the peer has sent is still answered, then the connection is closed.
  void end(Cause cause) noexcept;
  /// end() for a shutdown. A peer that had stopped reading may have more on the way than the kernel
  /// here knows of: its input is only ended once nothing moves any more from one settle() to the
  /// next, or when there is no `time` left for that. One that has only just connected has its first
  /// request on the way: its input is ended once that has come, or is not coming.
  void shut_down() noexcept;
  void settle(bool time) noexcept;
  /// Resets the connection.
  void abort(Cause cause) noexcept;

 private:
  enum class Step : std::uint8_t { protocol, close };

  Session(Sessions& sessions, Accepted accepted);
  ~Session() = default;

  void run(Step step, streams::Task<std::error_code> task);
  void task_done() noexcept override;
  void serve() noexcept;
  void conclude(const std::error_code& result) noexcept;
  void close() noexcept;
  void finish() noexcept;
  void report() noexcept;
  void fail(std::string_view what) noexcept;

  const config::Limits& limits() const noexcept { return listener_->settings.limits; }
  /// Whether it has said nothing yet and may be about to.
  bool is_new() const noexcept;
  /// Changes when a byte was received or sent; 0 until then.
  std::uint32_t progress() const noexcept {
    const streams::Transport& transport = connection_.transport();
    return static_cast<std::uint32_t>(transport.bytes_received() + transport.bytes_sent());
  }
  Sessions& sessions() const noexcept { return static_cast<Sessions&>(group()); }

  const ListenerUse listener_;
  const std::uint64_t id_;
  const streams::Permit permit_;
  const streams::Permit listener_permit_;
  streams::Connection connection_;
  streams::Task<std::error_code> task_;  // of the present step
  const Clock::time_point started_;
  std::uint32_t last_activity_ = 0;  // milliseconds after the start, as of the sweep that saw it
  std::uint32_t progress_at_last_check_ = 0;
  std::int32_t error_ = 0;  // errno of connection_error
  Step step_ = Step::protocol;
  Cause cause_;
};

template <class Visit>
void Sessions::for_each(Visit visit) {
  TaskGroup::for_each([&visit](Member& member) { visit(static_cast<Session&>(member)); });
}

}  // namespace server::serving
