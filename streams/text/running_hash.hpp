// RunningHash: FNV-1a with 64 bits of all bytes so far, for two who compare what one has sent with
// what the other has got. Not for those who want to deceive. The same however the bytes are cut up.
// A value; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace text {

class RunningHash {
 public:
  constexpr void add(std::string_view bytes) noexcept {
    std::uint64_t value = value_;
    for (const char byte : bytes) {
      value = (value ^ static_cast<unsigned char>(byte)) * prime;
    }
    value_ = value;
    bytes_ += bytes.size();
  }
  constexpr std::uint64_t value() const noexcept { return value_; }
  /// How many it is of.
  constexpr std::uint64_t bytes() const noexcept { return bytes_; }
  /// 16 hexadecimal digits.
  std::string hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = digits[value_ >> (60 - 4 * i) & 15U];
    return text;
  }

  bool operator==(const RunningHash&) const = default;

 private:
  static constexpr std::uint64_t prime = 0x100000001b3;

  std::uint64_t value_ = 0xcbf29ce484222325;
  std::uint64_t bytes_ = 0;
};

}  // namespace text
