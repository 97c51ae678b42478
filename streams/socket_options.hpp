// SocketOptions: what a tester of networks wants to choose of a TCP socket. On a socket that
// listens they are handed down by the kernel to every connection that it accepts, so that accept(2)
// costs nothing more. Plain values; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>

namespace streams {

/// A value of 0, or an empty one, leaves it to the system.
struct SocketOptions {
  /// All is left to the system, but for nodelay.
  SocketOptions() = default;
  /// SO_KEEPALIVE: a peer of which so long nothing was seen is probed, three times, a third of it
  /// apart and a second at least; one that does not answer is given up. At most longest_keepalive.
  std::chrono::seconds keepalive{0};
  /// TCP_USER_TIMEOUT: how long what was sent may stay unacknowledged. At most 24 days.
  std::chrono::milliseconds user_timeout{0};
  /// SO_RCVBUF, bytes. The system takes no more than net.core.rmem_max, and stops adapting it.
  std::size_t rcvbuf = 0;
  /// SO_SNDBUF, bytes; likewise, net.core.wmem_max.
  std::size_t sndbuf = 0;
  /// The differentiated services code point, 0 to 63: IP_TOS and IPV6_TCLASS.
  unsigned dscp = 0;
  /// TCP_MAXSEG, bytes: 0, or least_mss to most_mss.
  unsigned mss = 0;
  /// TCP_NODELAY: no delay of small segments.
  bool nodelay = true;
  /// SO_BINDTODEVICE: the name of a network interface, at most longest_device bytes.
  std::string device;

  /// All of them equal.
  bool operator==(const SocketOptions&) const = default;
};

/// What the kernel takes.
inline constexpr std::chrono::hours longest_keepalive{9};
/// Likewise.
inline constexpr unsigned least_mss = 88;
/// Likewise.
inline constexpr unsigned most_mss = 32767;
/// Likewise: IFNAMSIZ without its zero byte.
inline constexpr std::size_t longest_device = 15;
/// Beyond what any kernel gives.
inline constexpr std::size_t largest_buffer = std::size_t{1} << 30U;

/// Which option could not be set, and why; nothing when all were.
struct OptionFailure {
  /// None.
  OptionFailure() = default;
  /// Of the option with that name; static.
  OptionFailure(const char* name, std::error_code why) noexcept : option(name), ec(why) {}
  /// As the member of SocketOptions is called.
  const char* option = nullptr;
  /// The system's.
  std::error_code ec;
  /// Whether there is one.
  explicit operator bool() const noexcept { return option != nullptr; }
};

/// The same as an exception, `device: No such device`.
class SocketOptionError final : public std::system_error {
 public:
  /// Of a failure that there is.
  explicit SocketOptionError(const OptionFailure& failure)
      : std::system_error(failure.ec, failure.option), option(failure.option) {}
  /// As the member of SocketOptions is called; static.
  const char* option;
};

/// Sets on a TCP socket what is not left to the system. Before connect(2) or listen(2), so that the
/// buffers count in the handshake.
OptionFailure set_socket_options(int fd, const SocketOptions& options) noexcept;

/// From those that were set before to others: what differs, also back to the system's own.
/// Connections that are there already keep theirs.
OptionFailure change_socket_options(int fd, const SocketOptions& before,
                                    const SocketOptions& options) noexcept;

/// Of a socket's buffers, as SocketOptions has them: half of what the kernel accounts.
struct BufferSizes {
  /// Nothing is known of them.
  BufferSizes() = default;
  std::size_t rcvbuf = 0;  ///< bytes
  std::size_t sndbuf = 0;  ///< bytes
};

/// What the kernel has given of what was asked for.
BufferSizes buffer_sizes(int fd) noexcept;

}  // namespace streams
