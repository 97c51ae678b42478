// Bytes made readable for the message of a test that failed.
#pragma once

#include <string>
#include <string_view>

namespace tests {

/// `bytes` with what is not printable as \xNN, to be pasted into a test.
inline std::string shown(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte > 0x7e) {
      ((out += "\\x") += hex[byte >> 4]) += hex[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace tests
