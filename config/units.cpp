#include "config/units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// From the smallest up, each a multiple of the one before.
constexpr std::array<Unit, 5> duration_units{{
    {"us", 1},
    {"ms", 1'000},
    {"s", 1'000'000},
    {"m", 60'000'000},
    {"h", 3'600'000'000},
}};
constexpr std::array<Unit, 4> size_units{{
    {"B", 1},
    {"KiB", 1ULL << 10U},
    {"MiB", 1ULL << 20U},
    {"GiB", 1ULL << 30U},
}};

struct Words {
  std::span<const Unit> units;
  std::uint64_t max;
  std::string_view bare;     // the unit of a number without one; empty if it needs one
  std::string_view what;     // "duration"
  std::string_view allowed;  // how to write one
};

constexpr std::string_view duration_form =
    "write a whole number and one of us, ms, s, m, h, as in \"250ms\"";
constexpr std::string_view size_form =
    "write a whole number and one of B, KiB, MiB, GiB, as in \"64KiB\"";

Parsed<std::uint64_t> refuse(std::string_view text, std::string_view why, const Words& words) {
  std::string error = "\"";
  error.append(text).append("\" ").append(why).append("; ").append(words.allowed);
  return {.value = 0, .error = std::move(error)};
}

Parsed<std::uint64_t> parse(std::string_view text, const Words& words) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [digits_end, ec] = std::from_chars(text.data(), end, number);
  if (ec == std::errc::invalid_argument) {
    return refuse(text, "is not a " + std::string{words.what}, words);
  }
  const bool overflow = ec == std::errc::result_out_of_range;
  std::string_view unit = text.substr(static_cast<std::size_t>(digits_end - text.data()));
  if (unit.empty()) {
    unit = words.bare;
    if (unit.empty() && number == 0 && !overflow) return {.value = 0, .error = {}};
    if (unit.empty()) return refuse(text, "has no unit", words);
  }
  for (const Unit& known : words.units) {
    if (known.name != unit) continue;
    if (overflow || number > words.max / known.factor) return refuse(text, "is too large", words);
    return {.value = number * known.factor, .error = {}};
  }
  return refuse(text, "is not a " + std::string{words.what}, words);
}

std::string format(std::uint64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor).append(best->name);
}

}  // namespace

Parsed<std::chrono::microseconds> parse_duration(std::string_view text) {
  const Words words{.units = duration_units,
                    .max = std::numeric_limits<std::int64_t>::max(),
                    .bare = {},
                    .what = "duration",
                    .allowed = duration_form};
  Parsed<std::uint64_t> parsed = parse(text, words);
  return {.value = std::chrono::microseconds{static_cast<std::int64_t>(parsed.value)},
          .error = std::move(parsed.error)};
}

Parsed<std::uint64_t> parse_size(std::string_view text) {
  return parse(text, {.units = size_units,
                      .max = std::numeric_limits<std::uint64_t>::max(),
                      .bare = "B",
                      .what = "size",
                      .allowed = size_form});
}

std::string format_duration(std::chrono::microseconds duration) {
  if (duration.count() == 0) return "0s";
  return format(static_cast<std::uint64_t>(duration.count()), duration_units);
}

std::string format_size(std::uint64_t bytes) {
  if (bytes == 0) return "0B";
  return format(bytes, size_units);
}

}  // namespace config
