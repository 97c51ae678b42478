// A ListeningSocket: takes the connections that come to one socket. Watched by its loop, on its
// thread; what is taken is anybody's.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "streams/accepted_socket.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/unique_fd.hpp"
#include "streams/watched_descriptor.hpp"

namespace streams {

class ListeningSocket {
 public:
  /// Takes over `fd`, which listens and is non-blocking. Throws std::system_error when the loop
  /// cannot watch it.
  ListeningSocket(EventLoop& loop, UniqueFd fd);
  ~ListeningSocket() { close(); }
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;

  /// What an errno value of accept(2) means for who accepts.
  enum class AcceptStatus : std::uint8_t {
    accepted,
    none_waits,  ///< until readable()
    lost,        ///< the connection was gone before it was accepted; the next may be there
    exhausted    ///< no descriptors or no memory: try again after exhaustion_pause
  };
  /// 0 is accepted.
  static AcceptStatus accept_status(int error) noexcept;
  /// Ten tries a second find the return of a resource soon enough and cost nothing.
  static constexpr std::chrono::milliseconds exhaustion_pause{100};
  /// The connections to take before the loop's other work has its turn.
  static constexpr int accepts_per_turn = 64;

  /// One result of accept4(2): a non-blocking socket, or an errno value.
  struct Result {
    /// None where it failed.
    AcceptedSocket socket;
    /// Who has connected.
    Endpoint peer;
    /// An errno value; 0 for none.
    int error = 0;
  };
  /// Takes one, without waiting.
  Result accept() noexcept;

  /// Waits until connections may have come; false when cancelled. It is told once: accept until
  /// there is none, or say assume_more().
  WatchedDescriptor::Awaiter readable() noexcept { return watched_->readable(); }
  /// The next readable() completes soon.
  void assume_more() noexcept { watched_->assume_readable(); }
  /// Nobody waits for it. Who is in its backlog is reset, unless another has the socket, too.
  void close() noexcept;
  /// Stays ours.
  int fd() const noexcept { return fd_.get(); }

 private:
  UniqueFd fd_;
  std::optional<WatchedDescriptor> watched_;  // until close()
};

}  // namespace streams
