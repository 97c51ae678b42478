// The other end of a connection, as the kernel names it. A plain value of 28 bytes.
#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

namespace streams {

class Endpoint {
 public:
  Endpoint() noexcept : storage_{} {}
  /// IPv4 and IPv6 are kept, an IPv4 address mapped into IPv6 as IPv4; any other family is only
  /// named.
  explicit Endpoint(const sockaddr_storage& from) noexcept;
  /// getpeername(2) and getsockname(2); empty when the socket is not connected.
  static Endpoint of_peer(int fd) noexcept;
  static Endpoint of_socket(int fd) noexcept;

  /// `203.0.113.7:51512`, `[2001:db8::7]:51512`, `unix` or, when empty, `unknown`.
  std::string to_string() const;
  std::uint16_t port() const noexcept;
  /// For connect(2) and bind(2) of an IPv4 or IPv6 endpoint.
  const sockaddr* address() const noexcept { return &storage_.any; }
  socklen_t address_size() const noexcept {
    return family() == AF_INET6 ? sizeof storage_.v6 : sizeof storage_.v4;
  }
  sa_family_t family() const noexcept { return storage_.any.sa_family; }

 private:
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } storage_;
};

}  // namespace streams
