#include "client/descriptors/wait_ready.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "streams/await_asio.hpp"

namespace client::descriptors {
namespace {

bool is_ready(int fd, Readiness wanted) noexcept {
  pollfd entry{};
  entry.fd = fd;
  entry.events = wanted == Readiness::readable ? POLLIN : POLLOUT;
  return ::poll(&entry, 1, 0) > 0;
}

}  // namespace

streams::Task<std::error_code> wait_ready(asio::posix::stream_descriptor& descriptor,
                                          Readiness wanted) {
  using asio::posix::descriptor_base;
  const auto kind =
      wanted == Readiness::readable ? descriptor_base::wait_read : descriptor_base::wait_write;
  // Asio waits for an edge, which may be that of something long gone.
  while (!is_ready(descriptor.native_handle(), wanted)) {
    const std::error_code ec = co_await descriptor.async_wait(kind, streams::use_task);
    if (ec) co_return ec;
  }
  co_return std::error_code{};
}

asio::posix::stream_descriptor duplicate(asio::io_context& context, int fd) {
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) throw std::system_error(errno, std::system_category(), "duplicate a descriptor");
  return asio::posix::stream_descriptor(context, copy);
}

bool is_storage(int fd) noexcept {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode));
}

}  // namespace client::descriptors
