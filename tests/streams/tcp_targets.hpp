// Addresses on the loopback interface to connect to: who answers, who refuses, who never answers.
#pragma once

#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <sys/socket.h>

#include "streams/endpoint.hpp"
#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/streams/socket_pair.hpp"

namespace tests {

/// 127.0.0.1, or where its last number is another.
inline streams::Endpoint loopback(std::uint16_t port, std::uint32_t last = 1) {
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  v4->sin_family = AF_INET;
  v4->sin_port = htons(port);
  v4->sin_addr.s_addr = htonl(0x7f000000U + last);
  return streams::Endpoint(storage);
}

/// A port at which nobody listens.
inline std::uint16_t refusing_port() {
  const TcpListener closed_soon;
  return closed_soon.port();
}

/// A port whose listener has its queue full: a further connect hangs.
struct FullListener : TcpListener {
  FullListener() {
    REQUIRE(::listen(fd(), 0) == 0);
    for (streams::UniqueFd& fd : waiting) {
      fd = streams::UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      ::connect(fd.get(), generic(), sizeof(sockaddr_in));
    }
  }
  std::array<streams::UniqueFd, 4> waiting;
};

}  // namespace tests
