// The session's peer, and a kernel between the two that holds one connection. It makes the calls
// that streams would make to the other: two that streams leave to the program in this build, and
// those of the C library by the linker's --wrap. On any descriptor but the connection's, they go on
// to the C library. As the kernel does, it tells of an edge once, with the whole state of then, and
// never takes or gives less without an edge that follows.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "streams/system_call.hpp"
#include "tests/fuzz/far_end.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

/// No process has so many.
constexpr int the_fd = 1 << 26;
/// Bytes that fit into what the peer's kernel holds for it until it reads.
constexpr std::size_t room = 16 * 1024;

struct Kernel {
  std::string inbox;         // arrived
  std::size_t received = 0;  // of it
  std::string outbox;        // the peer's
  std::size_t unread = 0;    // of it
  std::string_view moods;
  std::uint32_t edges = 0;
  int epoll = -1;
  epoll_data_t handler{};
  bool watched = false;
  bool fin_came = false;
  bool fin_went = false;
  bool broken = false;  // by the peer
  bool aborts = false;  // SO_LINGER of 0
  bool closed = false;

  bool has_room() const noexcept { return unread < room; }
};
Kernel* kernel = nullptr;

ssize_t receive(char* into, std::size_t size) {
  if (kernel->broken) return -ECONNRESET;
  const std::size_t bytes = std::min(size, kernel->inbox.size() - kernel->received);
  if (bytes == 0) return kernel->fin_came ? 0 : -EAGAIN;
  std::memcpy(into, kernel->inbox.data() + kernel->received, bytes);
  kernel->received += bytes;
  return static_cast<ssize_t>(bytes);
}

/// How many of `size` bytes are taken, or a negative errno value.
ssize_t mood(std::size_t size) {
  if (kernel->moods.empty()) return static_cast<ssize_t>(size);
  const auto byte = static_cast<unsigned char>(kernel->moods.front());
  kernel->moods.remove_prefix(1);
  switch (byte % 4) {
    case 0: return -EINTR;
    case 1: kernel->edges |= EPOLLOUT; return -EAGAIN;
    case 2:
      kernel->edges |= EPOLLOUT;
      return static_cast<ssize_t>(std::min<std::size_t>(size, 1 + byte / 4U));
    default: return static_cast<ssize_t>(size);
  }
}

ssize_t send(const char* from, std::size_t size) {
  if (kernel->broken) return -EPIPE;
  if (kernel->fin_went) tests::found("bytes behind FIN");
  if (!kernel->has_room()) return -EAGAIN;
  const ssize_t taken = mood(std::min(size, room - kernel->unread));
  if (taken <= 0) return taken;
  kernel->outbox.append(from, static_cast<std::size_t>(taken));
  kernel->unread += static_cast<std::size_t>(taken);
  return taken;
}

bool is_ours(int fd) { return kernel != nullptr && fd == the_fd; }

/// The state that an edge brings along.
std::uint32_t state() {
  std::uint32_t events = 0;
  if (kernel->received < kernel->inbox.size() || kernel->fin_came) events |= EPOLLIN;
  if (kernel->has_room()) events |= EPOLLOUT;
  if (kernel->fin_came) events |= EPOLLRDHUP;
  if (kernel->broken) events |= EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  return events;
}

}  // namespace

namespace streams {

ssize_t receive_from(int fd, char* into, std::size_t size, int flags) noexcept {
  if (is_ours(fd)) return receive(into, size);
  const ssize_t result = ::recv(fd, into, size, flags);
  return result < 0 ? -errno : result;
}

ssize_t send_to(int fd, const char* from, std::size_t size, int flags) noexcept {
  if (is_ours(fd)) return send(from, size);
  const ssize_t result = ::send(fd, from, size, flags);
  return result < 0 ? -errno : result;
}

}  // namespace streams

extern "C" {

int __real_epoll_ctl(int, int, int, epoll_event*);
int __wrap_epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  if (!is_ours(fd)) return __real_epoll_ctl(epoll, operation, fd, event);
  kernel->watched = operation == EPOLL_CTL_ADD;
  kernel->epoll = epoll;
  if (kernel->watched) kernel->handler = event->data;
  kernel->edges = EPOLLOUT;
  return 0;
}

int __real_epoll_wait(int, epoll_event*, int, int);
int __wrap_epoll_wait(int epoll, epoll_event* events, int size, int timeout) {
  if (kernel == nullptr || epoll != kernel->epoll) {
    return __real_epoll_wait(epoll, events, size, timeout);
  }
  if (!kernel->watched || kernel->closed || kernel->edges == 0) return 0;
  kernel->edges = 0;
  events[0].events = state();
  events[0].data = kernel->handler;
  return 1;
}

int __real_shutdown(int, int);
int __wrap_shutdown(int fd, int how) {
  if (!is_ours(fd)) return __real_shutdown(fd, how);
  kernel->fin_went = true;
  return 0;
}

int __real_setsockopt(int, int, int, const void*, socklen_t);
int __wrap_setsockopt(int fd, int level, int name, const void* value, socklen_t size) {
  if (!is_ours(fd)) return __real_setsockopt(fd, level, name, value, size);
  if (level == SOL_SOCKET && name == SO_LINGER) kernel->aborts = true;
  return 0;
}

int __real_ioctl(int, unsigned long, void*);
int __wrap_ioctl(int fd, unsigned long request, void* value) {
  if (!is_ours(fd)) return __real_ioctl(fd, request, value);
  const bool input = request == FIONREAD;
  const std::size_t bytes = input ? kernel->inbox.size() - kernel->received : 0;
  *static_cast<int*>(value) = static_cast<int>(bytes);
  return 0;
}

int __real_poll(pollfd*, nfds_t, int);
int __wrap_poll(pollfd* fds, nfds_t count, int timeout) {
  if (count != 1 || !is_ours(fds->fd)) return __real_poll(fds, count, timeout);
  return kernel->fin_came || kernel->broken ? 1 : 0;
}

int __real_close(int);
int __wrap_close(int fd) {
  if (!is_ours(fd)) return __real_close(fd);
  if (kernel->closed) tests::found("closed twice");
  kernel->closed = true;
  return 0;
}

}  // extern "C"

namespace tests {

FarEnd::FarEnd(std::string_view moods) : ours_(the_fd) {
  kernel = new Kernel;
  kernel->moods = moods;
}

FarEnd::~FarEnd() { delete std::exchange(kernel, nullptr); }

void FarEnd::arrive(std::string_view bytes) {
  kernel->inbox += bytes;
  kernel->edges |= EPOLLIN;
}

void FarEnd::fin() {
  kernel->fin_came = true;
  kernel->edges |= EPOLLIN;
}

void FarEnd::reset() {
  kernel->broken = true;
  kernel->edges |= EPOLLIN;
}

const std::string& FarEnd::output() {
  if (!kernel->has_room()) kernel->edges |= EPOLLOUT;
  kernel->unread = 0;
  return kernel->outbox;
}

bool FarEnd::has_ended() { return kernel->fin_went || kernel->closed; }

bool FarEnd::was_reset() { return kernel->closed && kernel->aborts; }

}  // namespace tests
