#include "streams/accepted_socket.hpp"

#include <sys/socket.h>

namespace streams {

void reset_at_close(int fd) noexcept {
  const linger reset{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

}  // namespace streams
