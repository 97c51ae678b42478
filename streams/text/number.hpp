// Numbers as digits. Pure functions, any thread.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
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

/// Appends `parts` of 10^-`decimals` exactly, with as many digits behind the point: 1500000 with 6
/// is 1.500000. Without decimals it has no point.
void append_decimal(std::string& out, std::uint64_t parts, unsigned decimals);

/// Appends the same value in Go's shortest form of a float64, which OpenMetrics takes for its
/// bounds, with a point or an exponent in it: 1.5, 16.0, 1e-06, 1.048576e+06.
void append_float(std::string& out, std::uint64_t parts, unsigned decimals);

}  // namespace text
