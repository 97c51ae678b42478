#include "streams/tcp_info.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace streams {

TcpInfo tcp_info_of(int fd) noexcept {
  TcpInfo result;
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
    result.window_shut = true;
    return result;
  }
  // What an older kernel does not know it leaves as it is, 0.
  result.rtt = std::chrono::microseconds(info.tcpi_rtt);
  constexpr std::uint32_t never_measured = ~std::uint32_t{0};
  if (info.tcpi_min_rtt != never_measured) {
    result.min_rtt = std::chrono::microseconds(info.tcpi_min_rtt);
  }
  result.segments_sent = info.tcpi_segs_out;
  result.retransmits = info.tcpi_total_retrans;
  result.delivery_rate = info.tcpi_delivery_rate;
  // One or two probes without an answer may be lost, or have come too soon after the last for the
  // peer's kernel, which answers twice a second at most.
  constexpr int unanswered_probes = 3;
  result.window_shut = info.tcpi_notsent_bytes != 0 && info.tcpi_unacked == 0 &&
                       info.tcpi_probes < unanswered_probes;
  return result;
}

Backlog backlog_of(int fd) noexcept {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  // Of a socket that listens the kernel tells them there.
  return {info.tcpi_unacked, info.tcpi_sacked};
}

}  // namespace streams
