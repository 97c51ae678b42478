#include "streams/text/number.hpp"

#include <cstddef>
#include <cstdlib>

namespace text {

void append_decimal(std::string& out, std::uint64_t parts, unsigned decimals) {
  std::string digits;
  append_number(digits, parts);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  if (decimals != 0) digits.insert(digits.size() - decimals, 1, '.');
  out += digits;
}

void append_float(std::string& out, std::uint64_t parts, unsigned decimals) {
  std::string digits;
  append_number(digits, parts);
  // As in scientific notation: of the first digit.
  const int exponent = static_cast<int>(digits.size()) - 1 - static_cast<int>(decimals);
  constexpr int smallest = -4;
  constexpr int largest = 6;
  if (parts != 0 && (exponent < smallest || exponent >= largest)) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.size() > 1) digits.insert(1, 1, '.');
    out += digits;
    out += exponent < 0 ? "e-" : "e+";
    if (std::abs(exponent) < 10) out += '0';
    append_number(out, std::abs(exponent));
    return;
  }
  std::string text;
  append_decimal(text, parts, decimals);
  if (decimals == 0) text += ".0";
  const std::size_t last = text.find_last_not_of('0');
  text.erase(text[last] == '.' ? last + 2 : last + 1);
  out += text;
}

}  // namespace text
