// One end of a connection, or where a socket listens, as the kernel names it. A plain value of 28
// bytes.
#pragma once

#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>

namespace streams {

struct HostPort;

class Endpoint {
 public:
  Endpoint() noexcept : storage_{} {}
  /// IPv4 and IPv6 are kept, an IPv4 address mapped into IPv6 as IPv4, and a zone where the address
  /// is of one link; any other family is only named.
  explicit Endpoint(const sockaddr_storage& from) noexcept;
  /// getpeername(2) and getsockname(2); empty when the socket is not connected.
  static Endpoint of_peer(int fd) noexcept;
  /// getsockname(2).
  static Endpoint of_socket(int fd) noexcept;
  /// Where the host is an IPv4 or IPv6 address as written; none where it is a name, or has the zone
  /// of an interface that this machine has not. Looks nothing up.
  static std::optional<Endpoint> of_literal(const HostPort& address);

  /// `203.0.113.7:51512`, `[2001:db8::7]:51512`, `unix` or, when empty, `unknown`. A link-local
  /// address has its zone, `[fe80::7%eth0]:51512`: the interface's name, else its number.
  std::string to_string() const;
  /// The TCP port; 0 where there is none.
  std::uint16_t port() const noexcept;
  /// The same with another port.
  Endpoint with_port(std::uint16_t port) const noexcept;
  /// The same family, address, zone and port. What is only named is equal by its family.
  bool operator==(const Endpoint& other) const noexcept;
  /// 0.0.0.0 or [::].
  bool is_unspecified() const noexcept;
  /// Of this host alone: 127.0.0.0/8, ::1, and the former as IPv6.
  bool is_loopback() const noexcept;
  /// Whether it stands for a group.
  bool is_multicast() const noexcept;
  /// IPv6, of one link: without a zone it does not say which.
  bool is_link_local() const noexcept;
  /// The interface's number; 0 for none.
  std::uint32_t zone() const noexcept {
    return family() == AF_INET6 ? storage_.v6.sin6_scope_id : 0;
  }
  /// The IP address in the network's order, an IPv4 one as the IPv6 address that it is mapped into;
  /// nothing where there is none.
  std::optional<std::array<std::uint8_t, 16>> ip() const noexcept;
  /// For connect(2) and bind(2) of an IPv4 or IPv6 endpoint.
  const sockaddr* address() const noexcept { return &storage_.any; }
  /// Bytes at address().
  socklen_t address_size() const noexcept {
    return family() == AF_INET6 ? sizeof storage_.v6 : sizeof storage_.v4;
  }
  /// AF_INET, AF_INET6, AF_UNIX, or AF_UNSPEC when empty.
  sa_family_t family() const noexcept { return storage_.any.sa_family; }

 private:
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } storage_;
};

}  // namespace streams
