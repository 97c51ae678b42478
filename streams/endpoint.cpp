#include "streams/endpoint.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstring>

namespace streams {
namespace {

template <int (*query)(int, sockaddr*, socklen_t*)>
Endpoint ask(int fd) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (query(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  return Endpoint(address);
}

int peer(int fd, sockaddr* address, socklen_t* size) { return ::getpeername(fd, address, size); }
int own(int fd, sockaddr* address, socklen_t* size) { return ::getsockname(fd, address, size); }

// glibc's inet_ntop() does this with sprintf(), and a log has it in every line.
std::string dotted(const in_addr& address) {
  std::array<unsigned char, 4> bytes{};
  std::memcpy(bytes.data(), &address, bytes.size());
  std::string text;
  for (const unsigned byte : bytes) {
    if (!text.empty()) text += '.';
    text += std::to_string(byte);
  }
  return text;
}

}  // namespace

Endpoint::Endpoint(const sockaddr_storage& from) noexcept : storage_{} {
  if (from.ss_family == AF_INET) {
    std::memcpy(&storage_.v4, &from, sizeof storage_.v4);
  } else if (from.ss_family == AF_INET6) {
    std::memcpy(&storage_.v6, &from, sizeof storage_.v6);
    const sockaddr_in6 v6 = storage_.v6;
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      storage_.v4 = {};
      storage_.v4.sin_family = AF_INET;
      storage_.v4.sin_port = v6.sin6_port;
      std::memcpy(&storage_.v4.sin_addr, v6.sin6_addr.s6_addr + 12, 4);
    }
  } else {
    storage_.any.sa_family = from.ss_family;
  }
}

Endpoint Endpoint::of_peer(int fd) noexcept { return ask<peer>(fd); }
Endpoint Endpoint::of_socket(int fd) noexcept { return ask<own>(fd); }

std::string Endpoint::to_string() const {
  switch (family()) {
    case AF_INET: return dotted(storage_.v4.sin_addr) + ':' + std::to_string(port());
    case AF_INET6: {
      std::array<char, INET6_ADDRSTRLEN> text{};
      ::inet_ntop(AF_INET6, &storage_.v6.sin6_addr, text.data(), text.size());
      return '[' + std::string(text.data()) + "]:" + std::to_string(port());
    }
    case AF_UNIX: return "unix";
    default: return "unknown";
  }
}

std::uint16_t Endpoint::port() const noexcept {
  switch (family()) {
    case AF_INET: return ntohs(storage_.v4.sin_port);
    case AF_INET6: return ntohs(storage_.v6.sin6_port);
    default: return 0;
  }
}

}  // namespace streams
