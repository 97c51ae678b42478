// CRC32C (RFC 9260, appendix A), byte by byte. A value, any thread.
#pragma once

#include <array>
#include <cstdint>

namespace proxy_header {

class Crc32c {
 public:
  void add(std::uint8_t byte) noexcept { state_ = table[(state_ ^ byte) & 0xFFU] ^ (state_ >> 8U); }
  /// Of all that was added.
  std::uint32_t value() const noexcept { return ~state_; }

 private:
  static constexpr auto table = [] {
    constexpr std::uint32_t reversed_polynomial = 0x82F63B78;
    std::array<std::uint32_t, 256> rows{};
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      std::uint32_t row = i;
      for (int bit = 0; bit < 8; ++bit) {
        row = (row >> 1U) ^ ((row & 1U) != 0 ? reversed_polynomial : 0);
      }
      rows[i] = row;
    }
    return rows;
  }();

  std::uint32_t state_ = 0xFFFFFFFF;
};

}  // namespace proxy_header
