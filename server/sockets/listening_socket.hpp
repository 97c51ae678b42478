// A listening socket of the daemon: one of streams' that also knows whether it was inherited from
// the service manager and which Unix path was made for it. The path is removed when the socket is
// closed. Owned by its Acceptor; on the thread of that one's loop, which watches it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "server/sockets/bound_socket.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/listening_socket.hpp"
#include "streams/owned_path.hpp"
#include "streams/socket_options.hpp"
#include "streams/unique_fd.hpp"

namespace server::sockets {

class ListeningSocket final : public streams::ListeningSocket {
 public:
  /// Throws std::system_error when the loop cannot watch it.
  ListeningSocket(streams::EventLoop& loop, BoundSocket socket);
  ~ListeningSocket() { close(); }

  void close() noexcept;
  /// listen(2) anew; an inherited socket's backlog is the service manager's (Backlog=).
  void set_backlog(int backlog) noexcept;
  /// Whoever comes is refused, and who waits is reset, until open_again(). Of TCP; nothing of an
  /// inherited socket, which others have, too.
  void shut() noexcept;
  bool is_shut() const noexcept { return shut_.has_value(); }
  /// After that, or another backlog: as before. 0, or an errno value where it stays shut.
  int open_again(int backlog) noexcept;
  /// From the options that were set before to others, for the connections to come; not on a Unix
  /// socket.
  streams::OptionFailure change_options(const streams::SocketOptions& before,
                                        const streams::SocketOptions& options) noexcept;
  /// Of its connections, where they are of TCP.
  std::optional<streams::BufferSizes> buffer_sizes() const noexcept;
  /// Whether the service manager keeps it open, and those who wait in its backlog, beyond close().
  bool inherited() const noexcept { return inherited_; }
  /// Whether somebody is in its backlog. A system call.
  bool somebody_waits() const noexcept;
  /// Whether nobody can come any more: the name of a Unix socket was removed, or is another's.
  bool is_out_of_reach() const noexcept { return path_.is_lost(); }
  /// Where it listens, with the port that the kernel chose for port 0.
  std::string address() const { return socket_address(fd()); }

 private:
  bool is_unix() const noexcept;

  streams::OwnedPath path_;
  bool inherited_;
  std::optional<streams::Endpoint> shut_;  // where it listened before
};

/// ListeningSocket::change_options() of each of `sockets`; the first failure.
streams::OptionFailure change_options(std::deque<ListeningSocket>& sockets,
                                      const streams::SocketOptions& before,
                                      const streams::SocketOptions& options) noexcept;

/// Sends `text` as far as that is possible at once.
void tell(const streams::UniqueFd& socket, std::string_view text) noexcept;

}  // namespace server::sockets
