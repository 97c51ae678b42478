#include "client/top/amounts.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "client/load/report/quantities.hpp"

namespace client::top {
namespace {

constexpr const char* missing = "-";
constexpr double far_too_many = 1e15;  // beyond what any of it can be

std::string count(double value) {
  static constexpr std::array<const char*, 5> units{"", "k", "M", "G", "T"};
  std::size_t unit = 0;
  // What rounds up to the next unit is written in it.
  for (; value >= 999.5 && unit + 1 < units.size(); ++unit) value /= 1000;
  const bool has_fraction = value < 9.95 && (unit != 0 || value != std::floor(value));
  std::array<char, 32> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%.*f%s", has_fraction ? 1 : 0, value, units[unit]);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string amount(const std::optional<double>& reading, Unit unit) {
  if (!reading || !(*reading >= 0) || *reading > far_too_many) return missing;
  switch (unit) {
    case Unit::count: break;
    case Unit::bytes: return load::report::readable_size(*reading);
    case Unit::seconds:
      // As many as 64 bits have of nanoseconds.
      return *reading > 9e9 ? missing
                            : load::report::readable_time(std::chrono::nanoseconds(
                                  static_cast<std::int64_t>(*reading * 1e9)));
  }
  return count(*reading);
}

std::string age(const std::optional<double>& seconds) {
  if (!seconds || !(*seconds >= 0) || *seconds > far_too_many) return missing;
  struct Part {
    std::uint64_t seconds;
    char unit;
  };
  static constexpr std::array<Part, 4> parts{{{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}}};
  const auto all = static_cast<std::uint64_t>(*seconds);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (all < parts[i].seconds) continue;
    std::string text = std::to_string(all / parts[i].seconds) + parts[i].unit;
    const std::uint64_t rest = all % parts[i].seconds / parts[i + 1].seconds;
    return rest == 0 ? text : text + std::to_string(rest) + parts[i + 1].unit;
  }
  return std::to_string(all) + 's';
}

}  // namespace client::top
