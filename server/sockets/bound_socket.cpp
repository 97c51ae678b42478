#include "server/sockets/bound_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <utility>

#include "streams/endpoint.hpp"
#include "streams/listen.hpp"

namespace server::sockets {
namespace {

void check(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::system_category(), call);
}

}  // namespace

BoundSocket adopt_socket(streams::UniqueFd fd, const streams::SocketOptions& options) {
  check(::fcntl(fd.get(), F_SETFD, FD_CLOEXEC), "fcntl");
  check(::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK), "fcntl");
  if (streams::Endpoint::of_socket(fd.get()).family() != AF_UNIX) {
    streams::prepare_for_connections(fd.get(), options);
  }
  BoundSocket socket;
  socket.fd = std::move(fd);
  socket.inherited = true;
  return socket;
}

std::string socket_address(int fd) {
  sockaddr_un address{};
  socklen_t size = sizeof address;
  const bool is_unix = ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
                       address.sun_family == AF_UNIX;
  if (!is_unix) return streams::Endpoint::of_socket(fd).to_string();
  // The kernel takes paths that fill the field; the zero byte behind them counts and has no place.
  const auto length = std::min(size - offsetof(sockaddr_un, sun_path), sizeof address.sun_path);
  if (length == 0 || address.sun_path[0] != '\0') {
    return "unix:" + std::string(address.sun_path, ::strnlen(address.sun_path, length));
  }
  return "unix:@" + std::string(address.sun_path + 1, length - 1);
}

}  // namespace server::sockets
