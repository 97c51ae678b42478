#include "streams/endpoint.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>
#include <net/if.h>

#include "streams/address.hpp"

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

// To the kernel no other address has a zone, whatever is written.
bool has_link_scope(const in6_addr& address) noexcept {
  return IN6_IS_ADDR_LINKLOCAL(&address) || IN6_IS_ADDR_MC_LINKLOCAL(&address) ||
         IN6_IS_ADDR_MC_NODELOCAL(&address);
}

// The interface by its name, where that can be read back: a name may hold almost any byte.
std::string zone_name(std::uint32_t scope_id) {
  std::array<char, IF_NAMESIZE> name{};
  if (::if_indextoname(scope_id, name.data()) != nullptr && is_zone(name.data())) {
    return name.data();
  }
  return std::to_string(scope_id);
}

// 0 is no interface's.
std::uint32_t zone_number(const std::string& text) {
  if (const unsigned index = ::if_nametoindex(text.c_str()); index != 0) return index;
  std::uint32_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc{} && end == text.data() + text.size() ? number : 0;
}

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
    } else if (!has_link_scope(v6.sin6_addr)) {
      storage_.v6.sin6_scope_id = 0;
    }
  } else {
    storage_.any.sa_family = from.ss_family;
  }
}

Endpoint Endpoint::of_peer(int fd) noexcept { return ask<peer>(fd); }
Endpoint Endpoint::of_socket(int fd) noexcept { return ask<own>(fd); }

std::optional<Endpoint> Endpoint::of_literal(const HostPort& address) {
  Endpoint endpoint;
  sockaddr_in& v4 = endpoint.storage_.v4;
  if (::inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    return endpoint;
  }
  const std::size_t percent = address.host.find('%');
  sockaddr_storage storage{};
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET6, address.host.substr(0, percent).c_str(), &v6->sin6_addr) != 1) {
    return std::nullopt;
  }
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(address.port);
  if (percent != std::string::npos) {
    v6->sin6_scope_id = zone_number(address.host.substr(percent + 1));
    if (v6->sin6_scope_id == 0) return std::nullopt;  // also where no zone is needed
  }
  return Endpoint(storage);
}

std::string Endpoint::to_string() const {
  switch (family()) {
    case AF_INET: return dotted(storage_.v4.sin_addr) + ':' + std::to_string(port());
    case AF_INET6: {
      std::array<char, INET6_ADDRSTRLEN> text{};
      ::inet_ntop(AF_INET6, &storage_.v6.sin6_addr, text.data(), text.size());
      std::string host = text.data();
      if (zone() != 0) (host += '%') += zone_name(zone());
      return '[' + host + "]:" + std::to_string(port());
    }
    case AF_UNIX: return "unix";
    default: return "unknown";
  }
}

std::optional<std::array<std::uint8_t, 16>> Endpoint::ip() const noexcept {
  std::array<std::uint8_t, 16> bytes{};
  switch (family()) {
    case AF_INET:
      bytes[10] = bytes[11] = 0xff;
      std::memcpy(bytes.data() + 12, &storage_.v4.sin_addr, 4);
      return bytes;
    case AF_INET6: std::memcpy(bytes.data(), &storage_.v6.sin6_addr, bytes.size()); return bytes;
    default: return std::nullopt;
  }
}

bool Endpoint::is_unspecified() const noexcept {
  switch (family()) {
    case AF_INET: return storage_.v4.sin_addr.s_addr == INADDR_ANY;
    case AF_INET6: return IN6_IS_ADDR_UNSPECIFIED(&storage_.v6.sin6_addr);
    default: return false;
  }
}

bool Endpoint::is_loopback() const noexcept {
  constexpr unsigned char loopback_net = 127;
  const auto& v6 = storage_.v6.sin6_addr;
  switch (family()) {
    case AF_INET: return ntohl(storage_.v4.sin_addr.s_addr) >> 24U == loopback_net;
    case AF_INET6:
      return IN6_IS_ADDR_LOOPBACK(&v6) ||
             (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == loopback_net);
    default: return false;
  }
}

bool Endpoint::is_multicast() const noexcept {
  switch (family()) {
    case AF_INET: return IN_MULTICAST(ntohl(storage_.v4.sin_addr.s_addr));
    case AF_INET6: return IN6_IS_ADDR_MULTICAST(&storage_.v6.sin6_addr);
    default: return false;
  }
}

bool Endpoint::is_link_local() const noexcept {
  return family() == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&storage_.v6.sin6_addr);
}

bool Endpoint::operator==(const Endpoint& other) const noexcept {
  if (family() != other.family() || port() != other.port()) return false;
  switch (family()) {
    case AF_INET: return storage_.v4.sin_addr.s_addr == other.storage_.v4.sin_addr.s_addr;
    case AF_INET6:
      return IN6_ARE_ADDR_EQUAL(&storage_.v6.sin6_addr, &other.storage_.v6.sin6_addr) &&
             zone() == other.zone();
    default: return true;
  }
}

Endpoint Endpoint::with_port(std::uint16_t port) const noexcept {
  Endpoint other = *this;
  // Both families have it at the same place.
  if (family() == AF_INET || family() == AF_INET6) other.storage_.v4.sin_port = htons(port);
  return other;
}

std::uint16_t Endpoint::port() const noexcept {
  switch (family()) {
    case AF_INET: return ntohs(storage_.v4.sin_port);
    case AF_INET6: return ntohs(storage_.v6.sin6_port);
    default: return 0;
  }
}

}  // namespace streams
