#include "streams/text/utf8.hpp"

namespace text {

std::size_t character_at_front(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return length;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = character_at_front(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_character(std::string& out, char32_t number) {
  if (number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff)) number = 0xfffd;
  const auto continued = [number](unsigned shift) {
    return static_cast<char>(0x80U | ((number >> shift) & 0x3fU));
  };
  if (number < 0x80) {
    out += static_cast<char>(number);
  } else if (number < 0x800) {
    out += static_cast<char>(0xc0U | (number >> 6U));
    out += continued(0);
  } else if (number < 0x10000) {
    out += static_cast<char>(0xe0U | (number >> 12U));
    out += continued(6);
    out += continued(0);
  } else {
    out += static_cast<char>(0xf0U | (number >> 18U));
    out += continued(12);
    out += continued(6);
    out += continued(0);
  }
}

}  // namespace text
