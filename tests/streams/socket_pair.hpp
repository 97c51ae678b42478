// Two connected, non-blocking sockets: one for a Connection, the other in the test's hand.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

namespace tests {

/// The far end of a connection, driven by hand. Nothing of it waits.
class Peer {
 public:
  explicit Peer(streams::UniqueFd fd) : fd_(std::move(fd)) {}

  /// Sends all of `bytes`, which must fit into the kernel's buffers.
  void send(std::string_view bytes) { REQUIRE(try_send(bytes) == bytes.size()); }
  /// Sends what the kernel takes now.
  std::size_t try_send(std::string_view bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t size =
          ::send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (size < 0) break;
      sent += static_cast<std::size_t>(size);
    }
    return sent;
  }
  /// What is there now, at most `max` bytes; then see has_ended() and error().
  std::string receive(std::size_t max = std::size_t{1} << 30) {
    std::string all;
    std::array<char, 65536> piece;
    while (all.size() < max && !ended_ && error_ == 0) {
      const ssize_t size =
          ::recv(fd_.get(), piece.data(), std::min(piece.size(), max - all.size()), 0);
      if (size > 0) {
        all.append(piece.data(), static_cast<std::size_t>(size));
      } else if (size == 0) {
        ended_ = true;
      } else if (errno == EAGAIN) {
        break;
      } else {
        error_ = errno;
      }
    }
    return all;
  }
  /// Whether receive() saw FIN.
  bool has_ended() const noexcept { return ended_; }
  /// The errno of a receive() that failed: ECONNRESET after a reset.
  int error() const noexcept { return error_; }

  /// FIN.
  void shutdown_send() { REQUIRE(::shutdown(fd_.get(), SHUT_WR) == 0); }
  /// FIN, or RST when there is input unread.
  void close() noexcept { fd_.reset(); }
  /// RST. TCP only.
  void reset() {
    const linger now{1, 0};
    REQUIRE(::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
    fd_.reset();
  }
  int fd() const noexcept { return fd_.get(); }

 private:
  streams::UniqueFd fd_;
  bool ended_ = false;
  int error_ = 0;
};

struct SocketPair {
  streams::UniqueFd ours;
  streams::UniqueFd theirs;
};

inline SocketPair unix_pair() {
  std::array<int, 2> fds{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) == 0);
  return {streams::UniqueFd(fds[0]), streams::UniqueFd(fds[1])};
}

/// A listening TCP socket on 127.0.0.1 and a port of the kernel's choice.
class TcpListener {
 public:
  TcpListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(fd_);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    REQUIRE(::bind(fd_.get(), generic(), size) == 0);
    REQUIRE(::getsockname(fd_.get(), generic(), &size) == 0);
    REQUIRE(::listen(fd_.get(), 8) == 0);
  }
  std::uint16_t port() const noexcept { return ntohs(address_.sin_port); }
  int fd() const noexcept { return fd_.get(); }
  sockaddr* generic() noexcept { return reinterpret_cast<sockaddr*>(&address_); }
  /// The next connection; one must be on its way.
  streams::UniqueFd accept() {
    streams::UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    REQUIRE(fd);
    return fd;
  }

 private:
  streams::UniqueFd fd_;
  sockaddr_in address_{};
};

inline SocketPair tcp_pair() {
  TcpListener listener;
  streams::UniqueFd theirs(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(theirs.get(), listener.generic(), sizeof(sockaddr_in)) == 0);
  REQUIRE(::fcntl(theirs.get(), F_SETFL, O_NONBLOCK) == 0);
  return {listener.accept(), std::move(theirs)};
}

/// Makes our send buffer as small as the kernel allows, so that sends are short. The peer's receive
/// buffer stays: a tiny TCP window moves only at the pace of the kernel's probes.
inline SocketPair with_small_send_buffer(SocketPair pair) {
  const int least = 1;
  REQUIRE(::setsockopt(pair.ours.get(), SOL_SOCKET, SO_SNDBUF, &least, sizeof least) == 0);
  return pair;
}

}  // namespace tests
