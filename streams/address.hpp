// Where to listen or connect, as a person writes it. A plain value; resolves nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace streams {

/// A host and a TCP port. The host is a name, an IPv4 or an unbracketed IPv6 address.
struct HostPort {
  HostPort() = default;
  /// `name` and `number` are not looked at.
  HostPort(std::string name, std::uint16_t number) : host(std::move(name)), port(number) {}
  /// As a person writes it.
  std::string host;
  std::uint16_t port = 0;  ///< 0 asks the kernel for any free port when listening
};

/// A Unix socket's path, at most 107 bytes (unix(7)).
struct UnixPath {
  UnixPath() = default;
  /// `name` is not looked at.
  explicit UnixPath(std::string name) : path(std::move(name)) {}
  /// Absolute or not.
  std::string path;
};

/// Where to listen or connect: on TCP, or on a Unix socket.
using Address = std::variant<HostPort, UnixPath>;

/// What parse_address() found: an address, or why there is none.
struct ParsedAddress {
  /// It is an address.
  explicit ParsedAddress(Address found) : address(std::move(found)) {}
  /// It is none, because of `why`.
  explicit ParsedAddress(std::string why) : error(std::move(why)) {}

  /// Meaningless where there is an error.
  Address address;
  std::string error;  ///< empty on success; else what is wrong and what is allowed

  /// Whether there is an address.
  explicit operator bool() const noexcept { return error.empty(); }
};

/// Reads `HOST:PORT`, `[IPV6]:PORT` or `unix:/PATH`. An IPv6 address needs its brackets; the port
/// is a decimal number from 0 to 65535.
ParsedAddress parse_address(std::string_view text);
/// The same for a program that can only give up: throws std::invalid_argument, which says what is
/// wrong with it.
Address address_of(std::string_view text);

/// Whether `text` may stand after the % of an IPv6 address (RFC 4007 section 11); it need not be
/// the name of an interface.
bool is_zone(std::string_view text);

/// The same form that parse_address() reads.
std::string to_string(const Address& address);

}  // namespace streams
