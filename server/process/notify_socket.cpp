#include "server/process/notify_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <system_error>

namespace server::process {

NotifySocket::NotifySocket() {
  const char* const variable = std::getenv("NOTIFY_SOCKET");
  const std::string_view name = variable == nullptr ? "" : variable;
  if (name.empty()) return;
  if (name.size() > sizeof address_.sun_path) {
    problem_ = "is longer than a socket's name can be";
  } else if (name == "/" || name == "@") {
    problem_ = "names no socket: it is a path that begins with /, or @NAME";
  } else if (name.size() < 2 || (name.front() != '/' && name.front() != '@')) {
    problem_ = "is neither a path that begins with / nor @NAME";
  }
  if (!problem_.empty()) {
    problem_ = "NOTIFY_SOCKET=" + std::string(name) + ' ' + problem_;
    return;
  }
  address_.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), std::begin(address_.sun_path));
  if (name.front() == '@') address_.sun_path[0] = '\0';
  size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  fd_ = streams::UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd_) throw std::system_error(errno, std::system_category(), "the socket for sd_notify");
}

std::error_code NotifySocket::send(std::string_view lines) const noexcept {
  // Not connected: a manager that starts again has a new socket of the old name.
  ssize_t sent = 0;
  do {
    sent = ::sendto(fd_.get(), lines.data(), lines.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&address_), size_);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0 ? std::error_code() : std::error_code(errno, std::system_category());
}

}  // namespace server::process
