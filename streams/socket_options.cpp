#include "streams/socket_options.hpp"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "streams/unique_fd.hpp"

namespace streams {
namespace {

// Linux 5.14; from asm-generic/socket.h, which the C library's headers may be older than.
constexpr int buffer_lock = 72;
constexpr int sndbuf_lock = 1;
constexpr int rcvbuf_lock = 2;

constexpr int probes = 3;
constexpr unsigned dscp_shift = 2;  // beside the two bits of ECN

int get(int fd, int level, int name) noexcept {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, level, name, &value, &size) == 0 ? value : 0;
}

/// Sets options of one socket, up to the first that fails.
class Setter {
 public:
  explicit Setter(int fd) noexcept : fd_(fd) {}

  void set(const char* option, int level, int name, int value) noexcept {
    set(option, level, name, &value, sizeof value);
  }
  void set(const char* option, int level, int name, const void* value, std::size_t size) noexcept {
    if (failure_) return;
    if (::setsockopt(fd_, level, name, value, static_cast<socklen_t>(size)) == 0) return;
    failure_ = OptionFailure(option, {errno, std::system_category()});
  }
  const OptionFailure& failure() const noexcept { return failure_; }

 private:
  int fd_;
  OptionFailure failure_;
};

void set_keepalive(Setter& setter, std::chrono::seconds time) noexcept {
  const char* const option = "keepalive";
  const int idle = static_cast<int>(time.count());
  if (idle != 0) {
    setter.set(option, IPPROTO_TCP, TCP_KEEPIDLE, idle);
    setter.set(option, IPPROTO_TCP, TCP_KEEPINTVL, std::max(1, idle / probes));
    setter.set(option, IPPROTO_TCP, TCP_KEEPCNT, probes);
  }
  setter.set(option, SOL_SOCKET, SO_KEEPALIVE, idle != 0 ? 1 : 0);
}

// A size that was set is never adapted again, unless the kernel is told that none was.
void set_buffer(Setter& setter, int fd, const char* option, int name, std::size_t size,
                int lock) noexcept {
  if (size != 0) return setter.set(option, SOL_SOCKET, name, static_cast<int>(size));
  const UniqueFd fresh(
      ::socket(get(fd, SOL_SOCKET, SO_DOMAIN), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  if (fresh) setter.set(option, SOL_SOCKET, name, get(fresh.get(), SOL_SOCKET, name) / 2);
  const int others = get(fd, SOL_SOCKET, buffer_lock) & ~lock;
  // Older kernels keep the size.
  ::setsockopt(fd, SOL_SOCKET, buffer_lock, &others, sizeof others);
}

void set_dscp(Setter& setter, int fd, unsigned dscp) noexcept {
  const int byte = static_cast<int>(dscp << dscp_shift);
  // Of an IPv6 socket, too, which may have connections of IPv4.
  setter.set("dscp", IPPROTO_IP, IP_TOS, byte);
  if (get(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6) {
    setter.set("dscp", IPPROTO_IPV6, IPV6_TCLASS, byte);
  }
}

}  // namespace

OptionFailure set_socket_options(int fd, const SocketOptions& options) noexcept {
  SocketOptions fresh;
  fresh.nodelay = false;
  return change_socket_options(fd, fresh, options);
}

OptionFailure change_socket_options(int fd, const SocketOptions& before,
                                    const SocketOptions& options) noexcept {
  Setter setter(fd);
  if (options.nodelay != before.nodelay) {
    setter.set("nodelay", IPPROTO_TCP, TCP_NODELAY, options.nodelay ? 1 : 0);
  }
  if (options.keepalive != before.keepalive) set_keepalive(setter, options.keepalive);
  if (options.user_timeout != before.user_timeout) {
    setter.set("user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT,
               static_cast<int>(options.user_timeout.count()));
  }
  if (options.rcvbuf != before.rcvbuf) {
    set_buffer(setter, fd, "rcvbuf", SO_RCVBUF, options.rcvbuf, rcvbuf_lock);
  }
  if (options.sndbuf != before.sndbuf) {
    set_buffer(setter, fd, "sndbuf", SO_SNDBUF, options.sndbuf, sndbuf_lock);
  }
  if (options.dscp != before.dscp) set_dscp(setter, fd, options.dscp);
  if (options.mss != before.mss) {
    setter.set("mss", IPPROTO_TCP, TCP_MAXSEG, static_cast<int>(options.mss));
  }
  if (options.device != before.device) {
    setter.set("device", SOL_SOCKET, SO_BINDTODEVICE, options.device.c_str(),
               options.device.size() + 1);
  }
  return setter.failure();
}

BufferSizes buffer_sizes(int fd) noexcept {
  const auto half = [fd](int name) {
    return static_cast<std::size_t>(get(fd, SOL_SOCKET, name)) / 2;
  };
  BufferSizes sizes;
  sizes.rcvbuf = half(SO_RCVBUF);
  sizes.sndbuf = half(SO_SNDBUF);
  return sizes;
}

}  // namespace streams
