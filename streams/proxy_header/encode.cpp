#include "streams/proxy_header/encode.hpp"

#include <cstring>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>

#include "streams/proxy_header/binary.hpp"
#include "streams/proxy_header/line.hpp"

namespace proxy_header {
namespace {

using streams::Endpoint;

bool is_ip(const Endpoint& endpoint) noexcept {
  return endpoint.family() == AF_INET || endpoint.family() == AF_INET6;
}

Endpoint unspecified(sa_family_t family) {
  sockaddr_storage storage{};
  storage.ss_family = family;
  return Endpoint(storage);
}

/// As 16 bytes: an IPv4 address is mapped.
std::string in_v6(const Endpoint& endpoint) {
  if (endpoint.family() == AF_INET6) {
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(endpoint.address());
    return {reinterpret_cast<const char*>(&v6->sin6_addr), sizeof v6->sin6_addr};
  }
  const auto* const v4 = reinterpret_cast<const sockaddr_in*>(endpoint.address());
  std::string bytes(10, '\0');
  bytes += "\xff\xff";
  return bytes.append(reinterpret_cast<const char*>(&v4->sin_addr), sizeof v4->sin_addr);
}

std::string in_v4(const Endpoint& endpoint) {
  const auto* const v4 = reinterpret_cast<const sockaddr_in*>(endpoint.address());
  return {reinterpret_cast<const char*>(&v4->sin_addr), sizeof v4->sin_addr};
}

std::string two_bytes(std::size_t number) {
  return {static_cast<char>(number >> 8U), static_cast<char>(number)};
}

std::string binary(std::uint8_t command, Family family, std::string_view addresses) {
  const auto transport = family == Family::unspecified ? Transport::unspecified : Transport::stream;
  std::string bytes(signature);
  bytes += static_cast<char>(version_2 | command);
  bytes +=
      static_cast<char>(static_cast<unsigned>(family) << 4U | static_cast<unsigned>(transport));
  return bytes.append(two_bytes(addresses.size())).append(addresses);
}

std::string binary(const Endpoint& source, const Endpoint& destination) {
  const bool is_v4 = source.family() == AF_INET && destination.family() == AF_INET;
  std::string addresses =
      is_v4 ? in_v4(source) + in_v4(destination) : in_v6(source) + in_v6(destination);
  addresses += two_bytes(source.port()) + two_bytes(destination.port());
  return binary(command_proxy, is_v4 ? Family::inet : Family::inet6, addresses);
}

}  // namespace

std::string encode(Version version, const Header& header) {
  Endpoint source = header.source;
  Endpoint destination = header.destination;
  const bool has_ip = header.kind == Header::Kind::proxied && (is_ip(source) || is_ip(destination));
  if (!has_ip) {
    if (version == Version::v1) return std::string(unknown_line);
    if (header.kind == Header::Kind::local) return binary(command_local, Family::unspecified, {});
    const bool is_unix = header.kind == Header::Kind::proxied && source.family() == AF_UNIX;
    if (!is_unix) return binary(command_proxy, Family::unspecified, {});
    const std::string no_paths(addresses_size(Family::unix_socket), '\0');
    return binary(command_proxy, Family::unix_socket, no_paths);
  }
  if (!is_ip(source)) source = unspecified(destination.family());
  if (!is_ip(destination)) destination = unspecified(source.family());
  return version == Version::v1 ? write_line(source, destination) : binary(source, destination);
}

}  // namespace proxy_header
