// What the kernel knows of the peer of a TCP socket: TCP_INFO of tcp(7), as far as we ask. In a
// file of its own because the C library's header and the kernel's, which has all fields, do not go
// together.
#pragma once

#include <chrono>

namespace streams {

struct TcpInfo {
  std::chrono::microseconds rtt{0};  ///< smoothed
  /// How long the peer has taken so far, on average, to make room for as much as its window opens
  /// by once it was closed; 0 where it never made us wait. Meanwhile its kernel acknowledges
  /// nothing.
  std::chrono::milliseconds time_per_window{0};
};

/// All 0 where `fd` is no TCP socket.
TcpInfo tcp_info_of(int fd) noexcept;

}  // namespace streams
