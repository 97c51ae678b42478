// The fields of version 2, for who reads them and who writes them. Constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace proxy_header {

inline constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
inline constexpr std::size_t fixed_size = 16;  ///< bytes before the addresses
inline constexpr std::uint8_t version_2 = 0x20;
inline constexpr std::uint8_t command_local = 0;
inline constexpr std::uint8_t command_proxy = 1;

/// The upper half of the 14th byte, and its lower half.
enum class Family : std::uint8_t { unspecified, inet, inet6, unix_socket };
enum class Transport : std::uint8_t { unspecified, stream, datagram };

inline constexpr std::size_t ports_size = 4;         ///< bytes of the two
inline constexpr std::size_t unix_path_size = 108;   ///< bytes of each
inline constexpr std::uint8_t checksum_type = 0x03;  ///< PP2_TYPE_CRC32C
inline constexpr std::size_t checksum_size = 4;
inline constexpr std::size_t tlv_head_size = 3;  ///< a type, and a length

/// Bytes of both addresses, with their ports.
constexpr std::size_t addresses_size(Family family) noexcept {
  switch (family) {
    case Family::unspecified: return 0;
    case Family::inet: return 2 * 4 + ports_size;
    case Family::inet6: return 2 * 16 + ports_size;
    case Family::unix_socket: return 2 * unix_path_size;
  }
  return 0;
}

}  // namespace proxy_header
