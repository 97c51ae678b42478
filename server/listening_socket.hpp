// A socket that listens on a configured address: IPv4, IPv6 or a Unix path. Used by its acceptor,
// on that one's thread. A Unix path is removed when the socket is closed.
#pragma once

#include <string>
#include <string_view>

#include <asio/basic_socket_acceptor.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"
#include "streams/unique_fd.hpp"

namespace server {

class ListeningSocket {
 public:
  using Socket =
      asio::basic_socket_acceptor<asio::generic::stream_protocol, asio::io_context::executor_type>;

  /// Resolves, binds and listens. Throws std::system_error whose text names the address and, where
  /// it is known, what to do. A Unix socket left behind by a process that is gone is replaced.
  ListeningSocket(asio::io_context& context, const std::string& address, int backlog);
  ~ListeningSocket();
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
  /// Where it listens, with the port that the kernel chose for port 0.
  std::string address();

 private:
  void open_tcp(const streams::HostPort& address, int backlog);
  void open_unix(const streams::UnixPath& address, int backlog);
  void listen_on(const asio::generic::stream_protocol::endpoint& endpoint, int backlog);

  Socket socket_;
  std::string unix_path_;  // empty for TCP
};

}  // namespace server
