#include "server/sockets/listening_socket.hpp"

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
  if (!inherited_) ::listen(fd(), backlog);
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
