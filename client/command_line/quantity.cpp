#include "client/command_line/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <system_error>

namespace client::command_line {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// From the smallest up.
constexpr std::array<Unit, 6> duration_units{{{"ns", 1},
                                              {"us", 1'000},
                                              {"ms", 1'000'000},
                                              {"s", 1'000'000'000},
                                              {"m", 60'000'000'000},
                                              {"h", 3'600'000'000'000}}};
constexpr std::array<Unit, 4> size_units{
    {{"B", 1}, {"KiB", 1ULL << 10U}, {"MiB", 1ULL << 20U}, {"GiB", 1ULL << 30U}}};
constexpr std::array<Unit, 3> rate_units{{{"", 1}, {"k", 1'000}, {"M", 1'000'000}}};

struct Kind {
  std::span<const Unit> units;
  std::string_view bare;  ///< the unit of a number without one
  std::string_view what;
  std::string_view form;  ///< how to write one
};

constexpr Kind a_duration{duration_units, "s", "a duration",
                          "write a number and one of ns, us, ms, s, m, h, as in 250ms; without a "
                          "unit it is seconds"};
constexpr Kind a_size{size_units, "B", "a size",
                      "write a whole number and one of B, KiB, MiB, GiB, as in 64KiB; without a "
                      "unit it is bytes"};
constexpr Kind a_rate{rate_units, "", "a rate",
                      "write a number a second, with k for thousands or M for millions, as in 50k"};

std::string refusal(std::string_view text, std::string_view why, const Kind& kind) {
  std::string error = "\"";
  error.append(text).append("\" is ").append(why).append(kind.what);
  return error.append("; ").append(kind.form);
}

template <class Number>
struct Parts {
  Number number{};
  std::uint64_t factor = 0;
  std::string error;
};

template <class Number>
Parts<Number> take_apart(std::string_view text, const Kind& kind) {
  Parts<Number> parts;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  std::from_chars_result read{begin, std::errc::invalid_argument};
  // Neither a sign, nor an exponent, nor "inf".
  if (!text.empty() && (text.front() == '.' || (text.front() >= '0' && text.front() <= '9'))) {
    if constexpr (std::is_floating_point_v<Number>) {
      read = std::from_chars(begin, end, parts.number, std::chars_format::fixed);
    } else {
      read = std::from_chars(begin, end, parts.number);
    }
  }
  if (read.ec == std::errc::result_out_of_range) {
    parts.error = refusal(text, "too much for ", kind);
    return parts;
  }
  std::string_view name(read.ptr, static_cast<std::size_t>(end - read.ptr));
  if (name.empty()) name = kind.bare;
  for (const Unit& unit : kind.units) {
    if (unit.name == name) parts.factor = unit.factor;
  }
  if (read.ec != std::errc{} || parts.factor == 0) parts.error = refusal(text, "not ", kind);
  return parts;
}

std::string format(std::uint64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor).append(best->name);
}

}  // namespace

Parsed<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const auto parts = take_apart<double>(text, a_duration);
  if (!parts.error.empty()) return {.value = {}, .error = parts.error};
  const double nanoseconds = std::round(parts.number * static_cast<double>(parts.factor));
  // 2^63 as a double is exact.
  if (nanoseconds >= static_cast<double>(std::numeric_limits<std::int64_t>::max())) {
    return {.value = {}, .error = refusal(text, "too much for ", a_duration)};
  }
  return {.value = std::chrono::nanoseconds{static_cast<std::int64_t>(nanoseconds)}, .error = {}};
}

Parsed<std::uint64_t> parse_size(std::string_view text) {
  const auto parts = take_apart<std::uint64_t>(text, a_size);
  if (!parts.error.empty()) return {.value = 0, .error = parts.error};
  if (parts.number > std::numeric_limits<std::uint64_t>::max() / parts.factor) {
    return {.value = 0, .error = refusal(text, "too much for ", a_size)};
  }
  return {.value = parts.number * parts.factor, .error = {}};
}

Parsed<double> parse_rate(std::string_view text) {
  const auto parts = take_apart<double>(text, a_rate);
  if (!parts.error.empty()) return {.value = 0, .error = parts.error};
  return {.value = parts.number * static_cast<double>(parts.factor), .error = {}};
}

std::string format_duration(std::chrono::nanoseconds duration) {
  if (duration.count() == 0) return "0s";
  return format(static_cast<std::uint64_t>(duration.count()), duration_units);
}

std::string format_size(std::uint64_t bytes) {
  if (bytes == 0) return "0B";
  return format(bytes, size_units);
}

}  // namespace client::command_line
