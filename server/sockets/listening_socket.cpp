#include "server/sockets/listening_socket.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

#include "streams/endpoint.hpp"

namespace server::sockets {

ListeningSocket::ListeningSocket(streams::EventLoop& loop, BoundSocket socket)
    : streams::ListeningSocket(loop, std::move(socket.fd)),
      path_(std::move(socket.path)),
      inherited_(socket.inherited) {}

void ListeningSocket::close() noexcept {
  streams::ListeningSocket::close();
  path_.remove();
}

void ListeningSocket::set_backlog(int backlog) noexcept {
  if (!inherited_ && !shut_) ::listen(fd(), backlog);
}

void ListeningSocket::shut() noexcept {
  if (shut_ || inherited_) return;
  shut_ = streams::Endpoint::of_socket(fd());
  ::shutdown(fd(), SHUT_RDWR);
  // A port that the kernel has chosen is gone with the listening, while getsockname(2) still tells
  // it. It is asked for by its number before anybody else is given it.
  ::bind(fd(), shut_->address(), shut_->address_size());
}

int ListeningSocket::open_again(int backlog) noexcept {
  if (inherited_) return 0;
  // EINVAL is a port that is still there.
  const bool is_bound = !shut_ || ::bind(fd(), shut_->address(), shut_->address_size()) == 0;
  if (!is_bound && errno != EINVAL) return errno;
  if (::listen(fd(), backlog) != 0) return errno;
  shut_.reset();
  return 0;
}

streams::OptionFailure ListeningSocket::change_options(
    const streams::SocketOptions& before, const streams::SocketOptions& options) noexcept {
  if (before == options || is_unix()) return {};
  return streams::change_socket_options(fd(), before, options);
}

std::optional<streams::BufferSizes> ListeningSocket::buffer_sizes() const noexcept {
  if (is_unix()) return std::nullopt;
  return streams::buffer_sizes(fd());
}

bool ListeningSocket::somebody_waits() const noexcept {
  pollfd socket{fd(), POLLIN, 0};
  return ::poll(&socket, 1, 0) > 0;
}

bool ListeningSocket::is_unix() const noexcept {
  return streams::Endpoint::of_socket(fd()).family() == AF_UNIX;
}

streams::OptionFailure change_options(std::deque<ListeningSocket>& sockets,
                                      const streams::SocketOptions& before,
                                      const streams::SocketOptions& options) noexcept {
  streams::OptionFailure first;
  for (ListeningSocket& socket : sockets) {
    const streams::OptionFailure failure = socket.change_options(before, options);
    if (!first) first = failure;
  }
  return first;
}

void tell(const streams::UniqueFd& socket, std::string_view text) noexcept {
  if (text.empty()) return;
  // Whether it arrives is beyond us.
  [[maybe_unused]] const auto sent =
      ::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace server::sockets
