// For the fuzz targets that have no kernel of their own.
#include <cerrno>
#include <sys/socket.h>

#include "streams/system_call.hpp"

namespace streams {

ssize_t receive_from(int fd, char* into, std::size_t size, int flags) noexcept {
  const ssize_t result = ::recv(fd, into, size, flags);
  return result < 0 ? -errno : result;
}

ssize_t send_to(int fd, const char* from, std::size_t size, int flags) noexcept {
  const ssize_t result = ::send(fd, from, size, flags);
  return result < 0 ? -errno : result;
}

}  // namespace streams
