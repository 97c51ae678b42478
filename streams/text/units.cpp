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

/// Calls `add` with each number and its unit's factor in steps; why it cannot, or did not want to.
template <typename Number, typename Add>
std::string take_apart(std::string_view text, const Notation& notation, Add add) {
  std::string_view left = text;
  const Unit* last = nullptr;
  do {
    Number number{};
    const auto [stop, ec] = read_number(left.data(), left.data() + left.size(), number);
    if (ec == std::errc::invalid_argument) return not_one(text, notation);
    left.remove_prefix(static_cast<std::size_t>(stop - left.data()));
    const std::string_view written =
        left.substr(0, notation.compound ? left.find_first_of("0123456789.") : left.size());
    left.remove_prefix(written.size());
    const bool only = last == nullptr && left.empty();
    const std::string_view name = written.empty() && only ? notation.bare : written;
    const auto unit = std::ranges::find(notation.units, name, &Unit::name);
    if (unit == notation.units.end()) {
      if (!written.empty() || !only) return not_one(text, notation);
      if (ec == std::errc::result_out_of_range || number > 0) {
        return refusal(text, "has no unit", notation);
      }
      return {};
    }
    if (last != nullptr && unit->factor >= last->factor) return not_one(text, notation);
    last = &*unit;
    if (ec == std::errc::result_out_of_range || !add(number, unit->factor / notation.step)) {
      return refusal(text, notation.too_large, notation);
    }
  } while (!left.empty());
  return {};
}

}  // namespace

Parsed<std::uint64_t> parse_whole(std::string_view text, const Notation& notation) {
  std::uint64_t sum = 0;
  std::string error = take_apart<std::uint64_t>(
      text, notation, [&sum, &notation](std::uint64_t number, std::uint64_t factor) {
        if (number > (notation.max - sum) / factor) return false;
        sum += number * factor;
        return true;
      });
  if (!error.empty()) return {.value = 0, .error = std::move(error)};
  return {.value = sum, .error = {}};
}

Parsed<std::uint64_t> parse_rounded(std::string_view text, const Notation& notation) {
  // Exact where it can be.
  if (text.find('.') == std::string_view::npos) return parse_whole(text, notation);
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
  double sum = 0;
  std::string error =
      take_apart<double>(text, notation, [&sum](double number, std::uint64_t factor) {
        sum += number * static_cast<double>(factor);
        return std::isfinite(sum);
      });
  if (!error.empty()) return {.value = 0, .error = std::move(error)};
  return {.value = sum, .error = {}};
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
