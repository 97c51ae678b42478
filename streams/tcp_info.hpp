// What the kernel knows of the peer of a socket: TCP_INFO of tcp(7), as far as we ask. In a
// file of its own because the C library's header and the kernel's, which has all fields, do not go
// together.
#pragma once

#include <chrono>
#include <cstdint>

namespace streams {

struct TcpInfo {
  std::chrono::microseconds rtt{0};      ///< smoothed; 0 where `fd` is no TCP socket
  std::chrono::microseconds min_rtt{0};  ///< 0 where the kernel does not tell: Linux before 4.6
  std::uint32_t segments_sent = 0;       ///< likewise; those with data and those without
  std::uint32_t retransmits = 0;         ///< segments sent again
  /// Bytes a second, as last measured; 0 where that has not happened: Linux before 4.9.
  std::uint64_t delivery_rate = 0;
  /// What is unsent waits for nothing but room at the peer: its window is shut, or too small for
  /// what comes next, and its kernel says so whenever ours asks. Its program reads slowly, or not
  /// at all.
  bool window_shut = false;
};

/// Where `fd` is no TCP socket the peer is on this host: what it has not taken waits for room
/// there.
TcpInfo tcp_info_of(int fd) noexcept;

/// Connections that wait to be accepted.
struct Backlog {
  std::uint32_t waiting = 0;
  std::uint32_t most = 0;  ///< that it takes
};

/// Of a TCP socket that listens; none of another.
Backlog backlog_of(int fd) noexcept;

}  // namespace streams
