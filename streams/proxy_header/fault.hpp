// A Fault: why bytes are no header of the PROXY protocol. A std::error_code whose message is for
// people. Values, any thread.
#pragma once

#include <cstdint>
#include <system_error>

namespace proxy_header {

enum class Fault : std::uint8_t {
  none,
  no_header,  ///< it begins with neither PROXY nor the signature of version 2

  // Of version 1:
  line_too_long,        ///< no CR LF in the first max_line bytes
  line_end,             ///< a CR or an LF alone
  protocol,             ///< none of TCP4, TCP6 and UNKNOWN, in capitals
  missing_field,        ///< the line ends too early
  spacing,              ///< fields are parted by something other than one space
  surplus_field,        ///< something behind the destination's port
  source_address,       ///< not of the protocol's family, as it is written
  destination_address,  ///< likewise
  source_port,          ///< no number from 0 to 65535, or one with leading zeros
  destination_port,     ///< likewise

  // Of version 2:
  version,          ///< the signature is right and the version is not 2
  command,          ///< neither LOCAL nor PROXY
  family,           ///< none of UNSPEC, INET, INET6 and UNIX
  transport,        ///< none of UNSPEC, STREAM and DGRAM
  short_addresses,  ///< the length leaves no room for the family's addresses
  too_long,         ///< above max_size
  tlv,              ///< a type-length-value that reaches beyond the end
  checksum          ///< the CRC32C that it holds is not its own
};
inline constexpr Fault last_fault = Fault::checksum;

const std::error_category& fault_category() noexcept;
inline std::error_code make_error_code(Fault fault) noexcept {
  return {static_cast<int>(fault), fault_category()};
}

}  // namespace proxy_header

template <>
struct std::is_error_code_enum<proxy_header::Fault> : std::true_type {};
