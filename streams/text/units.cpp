#include "streams/text/units.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <type_traits>

namespace text {
namespace {

std::string refusal(std::string_view text, std::string_view why, const Notation& notation) {
  std::string error = "\"";
  return error.append(text).append("\" ").append(why).append("; ").append(notation.form);
}

std::string not_one(std::string_view text, const Notation& notation) {
  return refusal(text, "is not " + std::string{notation.what}, notation);
}

/// A number and its unit's factor in steps, or why there is none.
template <typename Number>
struct Parts {
  Number number{};
  std::uint64_t factor = 0;
  std::string error;
};

template <typename Number>
std::from_chars_result read_number(const char* begin, const char* end, Number& number) {
  // Neither a sign nor "inf".
  if (begin == end || !(*begin == '.' || (*begin >= '0' && *begin <= '9'))) {
    return {begin, std::errc::invalid_argument};
  }
  if constexpr (std::is_floating_point_v<Number>) {
    return std::from_chars(begin, end, number, std::chars_format::fixed);
  } else {
    return std::from_chars(begin, end, number);
  }
}

template <typename Number>
Parts<Number> take_apart(std::string_view text, const Notation& notation) {
  Parts<Number> parts;
  const char* const end = text.data() + text.size();
  const auto [stop, ec] = read_number(text.data(), end, parts.number);
  if (ec == std::errc::invalid_argument) {
    parts.error = not_one(text, notation);
    return parts;
  }
  const bool overflow = ec == std::errc::result_out_of_range;
  const std::string_view written(stop, static_cast<std::size_t>(end - stop));
  const std::string_view name = written.empty() ? notation.bare : written;
  const auto unit = std::ranges::find(notation.units, name, &Unit::name);
  if (unit != notation.units.end()) {
    parts.factor = unit->factor / notation.step;
    if (overflow) parts.error = refusal(text, notation.too_large, notation);
  } else if (!written.empty()) {
    parts.error = not_one(text, notation);
  } else if (overflow || parts.number > 0) {
    parts.error = refusal(text, "has no unit", notation);
  }
  return parts;
}

}  // namespace

Parsed<std::uint64_t> parse_whole(std::string_view text, const Notation& notation) {
  auto parts = take_apart<std::uint64_t>(text, notation);
  if (parts.error.empty() && parts.factor != 0 && parts.number > notation.max / parts.factor) {
    parts.error = refusal(text, notation.too_large, notation);
  }
  if (!parts.error.empty()) return {.value = 0, .error = std::move(parts.error)};
  return {.value = parts.number * parts.factor, .error = {}};
}

Parsed<std::uint64_t> parse_rounded(std::string_view text, const Notation& notation) {
  const Parsed<double> parsed = parse_decimal(text, notation);
  if (!parsed) return {.value = 0, .error = parsed.error};
  const double rounded = std::round(parsed.value);
  // As a double the largest value is rounded up, to the power of two that is too large.
  if (rounded >= static_cast<double>(notation.max)) {
    return {.value = 0, .error = refusal(text, notation.too_large, notation)};
  }
  return {.value = static_cast<std::uint64_t>(rounded), .error = {}};
}

Parsed<double> parse_decimal(std::string_view text, const Notation& notation) {
  auto parts = take_apart<double>(text, notation);
  if (!parts.error.empty()) return {.value = 0, .error = std::move(parts.error)};
  return {.value = parts.number * static_cast<double>(parts.factor), .error = {}};
}

std::string in_largest_unit(std::uint64_t value, std::span<const Unit> units, std::uint64_t step) {
  std::string out;
  for (const Unit& unit : units) {
    if (unit.factor < step || value % (unit.factor / step) != 0) continue;
    out = std::to_string(value / (unit.factor / step)).append(unit.name);
  }
  return out;
}

std::string format_size(std::uint64_t bytes) {
  if (bytes == 0) return "0B";
  return in_largest_unit(bytes, size_units, 1);
}

}  // namespace text
