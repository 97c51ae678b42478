// Numbers as digits. Pure functions, any thread.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace text {

/// All of `text` as a whole number in range, without a plus sign or blanks; else nothing.
template <std::integral Number>
std::optional<Number> whole_number(std::string_view text, int base = 10) noexcept {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, ec] = std::from_chars(text.data(), end, number, base);
  if (ec != std::errc{} || stop != end) return std::nullopt;
  return number;
}

/// Appends `number`, a floating-point one in the fewest digits that tell it from all others.
template <class Number>
requires std::integral<Number> || std::floating_point<Number>
void append_number(std::string& out, Number number) {
  std::array<char, 40> digits;
  out.append(digits.begin(), std::to_chars(digits.begin(), digits.end(), number).ptr);
}

}  // namespace text
