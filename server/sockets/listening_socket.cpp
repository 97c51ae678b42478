#include "server/sockets/listening_socket.hpp"

#include <sys/socket.h>
#include <utility>

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

void tell(const streams::UniqueFd& socket, std::string_view text) noexcept {
  if (text.empty()) return;
  // Whether it arrives is beyond us.
  [[maybe_unused]] const auto sent =
      ::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace server::sockets
