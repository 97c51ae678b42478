#include "streams/listening_socket.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <utility>

#include "streams/listen.hpp"

namespace streams {

ListeningSocket::ListeningSocket(EventLoop& loop, UniqueFd fd) : fd_(std::move(fd)) {
  watched_.emplace(loop, fd_.get());
}

ListeningSocket::AcceptStatus ListeningSocket::accept_status(int error) noexcept {
  switch (error) {
    case 0: return AcceptStatus::accepted;
    case EAGAIN: return AcceptStatus::none_waits;
    // Some are an error of the network that the connection brings along, which accept(2) says to
    // treat like having found nothing.
    case ECONNABORTED:
    case EINTR:
    case EPERM:
    case EPROTO:
    case ENOPROTOOPT:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET: return AcceptStatus::lost;
    default: return AcceptStatus::exhausted;
  }
}

ListeningSocket::Result ListeningSocket::accept() noexcept {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int fd =
      ::accept4(fd_.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  Result result;
  if (fd < 0) {
    result.error = errno;
  } else {
    result.socket = AcceptedSocket(UniqueFd(fd));
    result.peer = Endpoint(from);
    // On TCP the listening socket hands it down.
    if (from.ss_family == AF_UNIX) keep_urgent_data(fd);
  }
  return result;
}

void ListeningSocket::close() noexcept {
  watched_.reset();
  fd_.reset();
}

}  // namespace streams
