#include "streams/tcp_info.hpp"

#include <algorithm>
#include <cstdint>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace streams {

TcpInfo tcp_info_of(int fd) noexcept {
  TcpInfo result;
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return result;
  result.rtt = std::chrono::microseconds(info.tcpi_rtt);
  if (info.tcpi_bytes_acked == 0) return result;
  // A window that was closed opens by one or two of the largest segments that came.
  const auto step = std::min<std::uint64_t>(2 * std::uint64_t{info.tcpi_snd_mss}, 128 * 1024);
  const std::uint64_t waited_ms = info.tcpi_rwnd_limited / 1000;
  result.time_per_window = std::chrono::milliseconds(waited_ms * step / info.tcpi_bytes_acked);
  return result;
}

}  // namespace streams
