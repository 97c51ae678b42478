#include "client/descriptors/shared_descriptor.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/epoll.h>

#include "streams/await_asio.hpp"
#include "streams/standard_input.hpp"

namespace client::descriptors {
namespace {

bool is_ready(int fd) noexcept {
  pollfd entry{};
  entry.fd = fd;
  entry.events = POLLOUT;
  return ::poll(&entry, 1, 0) > 0;
}

int make_epoll(int fd) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  epoll_event event{};
  event.events = EPOLLOUT;
  // Refused for what never has to be waited for: files and /dev/null (EPERM), closed ones.
  static_cast<void>(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
  return epoll;
}

}  // namespace

SharedDescriptor::SharedDescriptor(streams::EventLoop& loop, int fd)
    : fd_(fd), is_storage_(streams::is_file_or_disk(fd)), epoll_(loop.context(), make_epoll(fd)) {}

streams::Task<std::error_code> SharedDescriptor::wait() {
  while (!is_ready(fd_)) {
    const std::error_code ec =
        co_await epoll_.async_wait(asio::posix::descriptor_base::wait_read, streams::use_task);
    if (ec) co_return ec;
  }
  co_return std::error_code{};
}

}  // namespace client::descriptors
