// A socket that listens, watched by its acceptor's loop; on that one's thread. A Unix path that we
// made is removed when the socket is closed.
#pragma once

#include <string>
#include <string_view>

#include <asio/basic_socket_acceptor.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>

#include "server/bound_socket.hpp"
#include "streams/endpoint.hpp"
#include "streams/unique_fd.hpp"

namespace server {

class ListeningSocket {
 public:
  using Socket =
      asio::basic_socket_acceptor<asio::generic::stream_protocol, asio::io_context::executor_type>;

  /// Throws std::system_error when the loop cannot watch it.
  ListeningSocket(asio::io_context& context, BoundSocket socket);
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

  /// To wait for the next connection.
  Socket& socket() noexcept { return socket_; }
  void close() noexcept;
  /// listen(2) anew; an inherited socket's backlog is the service manager's (Backlog=).
  void set_backlog(int backlog) noexcept;
  /// Whether the service manager keeps it open, and those who wait in its backlog, beyond close().
  bool inherited() const noexcept { return inherited_; }
  /// Where it listens, with the port that the kernel chose for port 0.
  std::string address() { return socket_address(socket_.native_handle()); }

 private:
  Socket socket_;
  OwnedPath path_;
  bool inherited_;
};

}  // namespace server
