#include "server/sockets/listening_socket.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace server::sockets {

ListeningSocket::ListeningSocket(streams::EventLoop& loop, BoundSocket socket)
    : socket_(std::move(socket.fd)), path_(std::move(socket.path)), inherited_(socket.inherited) {
  watched_.emplace(loop, socket_.get());
}

ListeningSocket::Result ListeningSocket::accept() noexcept {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int fd = ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&from), &size,
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
  watched_.reset();
  socket_.reset();
  path_.remove();
}

void ListeningSocket::set_backlog(int backlog) noexcept {
  if (!inherited_) ::listen(socket_.get(), backlog);
}

}  // namespace server::sockets
