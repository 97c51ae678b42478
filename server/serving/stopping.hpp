// Stopping: in which order a server ends. A state machine without I/O: the server tells it what
// happens and carries out what it orders, each order once.
//
//     running ──a request──► draining ──another one──► aborting
//
// Connections come from acceptors alone, so a worker's clients may end only after the last acceptor
// of such has: nothing is ever on its way to somebody who has left. The daemon's own business, to
// administer and to watch it, goes on until no client is left, and then ends in the same order. On
// the first worker's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace server::serving {

class Stopping {
 public:
  using Clock = std::chrono::steady_clock;

  enum class State : std::uint8_t {
    running,
    draining,  ///< what clients have sent is answered, within the grace
    aborting   ///< what is left is reset
  };

  /// The same signal again within this time is the same request: timeout(1) sends each one to its
  /// child and then to the child's group.
  static constexpr std::chrono::milliseconds repetition{250};

  /// Who asks. The number only tells the same signal from another.
  struct Request {
    int signal = 0;          ///< 0 is the server itself, which cannot go on
    bool may_abort = false;  ///< whether it means more when it is not the first
  };

  /// Whose connections an acceptor takes.
  enum class Of : std::uint8_t { clients, own };

  /// What is to be done now.
  struct Orders {
    bool stop_accepting = false;  ///< tell every acceptor of clients
    bool abort = false;       ///< tell every worker to reset what it has and what may still come
    bool end_intake = false;  ///< tell every worker that no client comes any more
    bool stop_own_accepting = false;  ///< tell every other acceptor
    bool end_own_intake = false;      ///< tell the first worker that nobody comes any more
    bool finish = false;              ///< all have ended
    bool operator==(const Orders&) const = default;
  };

  /// Of a server with so many workers, the first of which has the daemon's own business, too.
  explicit Stopping(std::size_t workers) noexcept : workers_(workers) {}

  Orders request(Request request, Clock::time_point now) noexcept;
  /// False when it must not start any more.
  bool acceptor_starts(Of of) noexcept;
  /// A reload has an acceptor take others' connections than before. Only while the server runs:
  /// an acceptor that was not told to stop would be waited for.
  void acceptor_becomes(Of of) noexcept;
  Orders acceptor_ended(Of of) noexcept;
  /// A worker's last client session has ended.
  Orders worker_ended() noexcept;
  /// The last session of the daemon's own business has ended.
  Orders own_ended() noexcept;

  State state() const noexcept { return state_; }
  /// Whether an acceptor that ends still takes those who wait in its backlog.
  bool takes_backlog() const noexcept { return state_ != State::aborting; }

 private:
  std::size_t& acceptors(Of of) noexcept { return of == Of::own ? own_acceptors_ : acceptors_; }
  void add_ends(Orders& orders) noexcept;

  State state_ = State::running;
  // What has been ordered:
  bool intake_ended_ = false;
  bool own_stopped_ = false;
  bool own_intake_ended_ = false;
  bool finished_ = false;
  // Who is left:
  std::size_t acceptors_ = 0;
  std::size_t own_acceptors_ = 0;
  std::size_t workers_;
  bool own_ = true;
  int first_signal_ = 0;
  Clock::time_point first_request_{};
};

}  // namespace server::serving
