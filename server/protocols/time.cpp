// Time, RFC 868: the seconds since 1900 as 32 bits in network order, then the end. The number wraps
// in 2036.
#include <array>
#include <cstdint>

#include "server/protocols/protocol.hpp"

namespace server::protocols {

streams::Task<std::error_code> time(streams::StreamReader&, streams::StreamWriter& writer,
                                    const Context& context) {
  constexpr std::uint32_t seconds_from_1900_to_1970 = 2'208'988'800;
  const auto since_1970 =
      std::chrono::duration_cast<std::chrono::seconds>(context.now().time_since_epoch()).count();
  const auto seconds = static_cast<std::uint32_t>(since_1970) + seconds_from_1900_to_1970;
  std::array<char, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(static_cast<unsigned char>(seconds >> (24 - 8 * i)));
  }
  writer.write({bytes.data(), bytes.size()});
  co_return std::error_code{};
}

}  // namespace server::protocols
