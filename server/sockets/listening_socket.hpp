// A socket that listens. Owned by its Acceptor, watched by that one's loop, on its thread. A Unix
// path that we made is removed when the socket is closed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/sockets/bound_socket.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/unique_fd.hpp"
#include "streams/watched_descriptor.hpp"

namespace server::sockets {

class ListeningSocket {
 public:
  /// Throws std::system_error when the loop cannot watch it.
  ListeningSocket(streams::EventLoop& loop, BoundSocket socket);
  ~ListeningSocket() { close(); }
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;

  /// One result of accept4(2): a non-blocking socket, or an errno value.
  struct Result {
    streams::UniqueFd socket;
    streams::Endpoint peer;
    int error = 0;

    /// Sends `text` as far as that is possible at once, and FIN.
    void tell(std::string_view text) const noexcept;
  };
  Result accept() noexcept;

  /// Waits until connections may have come; false when cancelled. It is told once: accept until
  /// there is none, or say assume_more().
  streams::WatchedDescriptor::Awaiter readable() noexcept { return watched_->readable(); }
  void assume_more() noexcept { watched_->assume_readable(); }
  void close() noexcept;
  /// listen(2) anew; an inherited socket's backlog is the service manager's (Backlog=).
  void set_backlog(int backlog) noexcept;
  /// Whether the service manager keeps it open, and those who wait in its backlog, beyond close().
  bool inherited() const noexcept { return inherited_; }
  int fd() const noexcept { return socket_.get(); }
  /// Whether nobody can come any more: the name of a Unix socket was removed.
  bool is_out_of_reach() const noexcept { return path_.is_gone(); }
  /// Where it listens, with the port that the kernel chose for port 0.
  std::string address() const { return socket_address(socket_.get()); }

 private:
  streams::UniqueFd socket_;
  std::optional<streams::WatchedDescriptor> watched_;  // until close()
  OwnedPath path_;
  bool inherited_;
};

}  // namespace server::sockets
