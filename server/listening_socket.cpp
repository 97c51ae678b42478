#include "server/listening_socket.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

namespace server {

ListeningSocket::ListeningSocket(asio::io_context& context, BoundSocket socket)
    : socket_(context.get_executor()), path_(std::move(socket.path)), inherited_(socket.inherited) {
  const int family = streams::Endpoint::of_socket(socket.fd.get()).family();
  const int protocol = family == AF_UNIX ? 0 : IPPROTO_TCP;
  socket_.assign(asio::generic::stream_protocol(family, protocol), socket.fd.get());
  socket.fd.release();
}

ListeningSocket::Result ListeningSocket::accept() noexcept {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int fd = ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&from), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
  Result result;
  if (fd < 0) {
    result.error = errno;
  } else {
    result.socket = streams::UniqueFd(fd);
    result.peer = streams::Endpoint(from);
  }
  return result;
}

void ListeningSocket::Result::tell(std::string_view text) const noexcept {
  // Whether it arrives is beyond us.
  [[maybe_unused]] const auto sent =
      ::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::shutdown(socket.get(), SHUT_WR);
}

void ListeningSocket::close() noexcept {
  std::error_code ignored;
  socket_.close(ignored);
  path_.remove();
}

void ListeningSocket::set_backlog(int backlog) noexcept {
  if (!inherited_) ::listen(socket_.native_handle(), backlog);
}

}  // namespace server
