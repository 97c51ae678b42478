// Closing: how a connection ends, decided without I/O. Connection tells it what has happened and
// what the kernels have moved, and carries out the step that comes back:
//
//     flushing ── flushed ──► discarding ── the peer's FIN ──► closed
//         │                       │
//         └── error, abort, no patience left ──► reset
//
// A connection whose own bytes are all with the kernel is closed and not reset when the patience
// ends: the kernel still delivers them, however slowly the peer reads. A reset is for what was cut
// short. That is also a peer that does not cease to send: past a limit nothing of it is read any
// more, and a socket that is closed with unread input is reset. So it has all that is ours first,
// as far as the patience goes.
//
// How much patience depends on what can be seen. A receiver that was full says that it has room
// again only once it has a good part of its buffer free (RFC 9293, 3.8.6.2.2), and until then
// nothing moves, however steadily its program reads: 26 s for 128 KiB at 5 kB/s. But its kernel
// answers when it is asked. So a peer of which nothing is seen has `timeout`, and one that says
// that it has no room has slow_reader times as much since it last took a byte, which is also the
// end for one that never reads. The loop's thread; it keeps nothing but values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <system_error>

namespace streams {

class Closing {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::milliseconds;

  enum class State : std::uint8_t { flushing, discarding, closed, reset };
  /// What the caller does next.
  enum class Step : std::uint8_t {
    wait,
    send_fin,  ///< unless it is sent; from now on read and drop what comes
    close,     ///< the socket, without a reset
    reset
  };

  struct Patience {
    Duration timeout{5000};  ///< without a sign of the peer
    /// Above 0: do not wait for the peer's FIN. Once its kernel has acknowledged ours, this long
    /// without a byte from it is enough, and most_quiets times as long whatever it sends.
    Duration quiet{0};
  };

  /// So many times the time-out for a peer that has no room, without a byte that it takes.
  static constexpr int slow_reader = 12;
  /// So many times the quiet for a peer that has everything and is not quiet.
  static constexpr int most_quiets = 10;

  /// The caller's look at the socket: what the kernels have moved.
  struct Seen {
    std::uint64_t acknowledged;    ///< bytes that the peer's kernel has; only changes matter
    std::uint64_t received;        ///< bytes from the peer
    std::uint64_t unacknowledged;  ///< bytes that it does not have yet, the FIN among them
    bool no_room;                  ///< and says that it has no room for
  };

  Closing(const Patience& patience, Clock::time_point now, const Seen& seen) noexcept;

  /// All bytes of ours are with the kernel.
  Step flushed(Clock::time_point now) noexcept;
  /// The peer's FIN was read.
  Step peer_ended() noexcept;
  /// More input was dropped than a peer may send after the end: the caller reads no more of it.
  Step overrun() noexcept;
  /// The connection broke, the wait was cancelled, or someone has no more patience.
  Step failed(const std::error_code& error) noexcept;
  /// To be called every look_interval(): bytes that were moved are progress, and the patience
  /// counts from the last of it.
  Step look(Clock::time_point now, const Seen& seen) noexcept;
  Duration look_interval() const noexcept;
  /// From now on as if Patience::quiet had been this, where it was 0.
  void expect_quiet(Duration quiet) noexcept {
    if (patience_.quiet == Duration::zero()) patience_.quiet = quiet;
  }

  State state() const noexcept { return state_; }
  bool is_over() const noexcept { return state_ >= State::closed; }
  /// Once it is over: no error when both ends were said, or when the peer's kernel has all that is
  /// ours and the peer has kept its end open for longer than the patience. When that ended before
  /// its kernel had all: Error::unacknowledged after a close, std::errc::timed_out after a reset.
  /// Error::limit_overrun after a reset that overrun() has made inevitable, or that of failed().
  const std::error_code& result() const noexcept { return result_; }

 private:
  bool is_patient(Clock::time_point now) const noexcept;
  bool is_quiet(Clock::time_point now, bool has_all) noexcept;
  Step leave(const std::error_code& result) noexcept;
  Step close(const std::error_code& result) noexcept;
  Step reset(const std::error_code& result) noexcept;

  Patience patience_;
  Clock::time_point last_progress_;
  Clock::time_point last_sign_;                      // of progress, or that the peer has no room
  std::optional<Clock::time_point> quiet_expected_;  // since then the peer has all
  Seen seen_;
  std::error_code result_;
  State state_ = State::flushing;
  bool peer_ended_ = false;
  bool overrun_ = false;
};

}  // namespace streams
