#include "client/load/report/quantities.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

namespace client::load::report {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

// From the smallest up.
constexpr std::array<Unit, 4> time_units{{{" ns", 1}, {" µs", 1e3}, {" ms", 1e6}, {" s", 1e9}}};
constexpr std::array<Unit, 4> rate_units{{{"/s", 1}, {" k/s", 1e3}, {" M/s", 1e6}, {" G/s", 1e9}}};
constexpr std::array<Unit, 5> size_units{
    {{" B", 1}, {" KiB", 0x1p10}, {" MiB", 0x1p20}, {" GiB", 0x1p30}, {" TiB", 0x1p40}}};

std::string fixed(double value, int decimals) {
  std::array<char, 340> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string with_digits(double value, int digits) {
  int decimals = digits - 1;
  for (double limit = 10; decimals > 0 && value >= limit; limit *= 10) --decimals;
  std::string text = fixed(value, decimals);
  // 9.996 has become 10.00.
  if (decimals > 0 && static_cast<int>(text.size()) > digits + 1) text = fixed(value, decimals - 1);
  return text;
}

// Only the smallest unit counts something, and so can be whole.
std::string in_units(double value, std::span<const Unit> units, int digits) {
  for (std::size_t i = 0;; ++i) {
    const double scaled = value / units[i].factor;
    const bool whole = i == 0 && scaled == std::floor(scaled);
    const std::string text = whole ? fixed(scaled, 0) : with_digits(scaled, digits);
    const bool last = i + 1 == units.size();
    // What rounds up to the next unit is written in it.
    if (last || std::strtod(text.c_str(), nullptr) < units[i + 1].factor / units[i].factor) {
      return text + std::string{units[i].name};
    }
  }
}

// Without the zeros at the end of a number that has a point, before its unit.
std::string rounded(std::string text) {
  const std::size_t unit = text.find_first_not_of("0123456789.");
  if (text.find('.') >= unit) return text;
  const std::size_t last = text.find_last_not_of('0', unit - 1);
  const std::size_t end = text[last] == '.' ? last : last + 1;
  return text.erase(end, unit - end);
}

}  // namespace

std::string readable_time(std::chrono::nanoseconds time) {
  if (time.count() == 0) return "0 s";
  return in_units(static_cast<double>(time.count()), time_units, 3);
}

std::string readable_span(std::chrono::nanoseconds span) {
  using namespace std::chrono;
  if (span < 1min) return rounded(readable_time(span));
  const auto all = round<seconds>(span);
  const hh_mm_ss parts{all};
  std::string out;
  const auto add = [&out](std::int64_t number, const char* unit) {
    if (number == 0) return;
    if (!out.empty()) out += ' ';
    out += std::to_string(number) + unit;
  };
  add(parts.hours().count(), " h");
  add(parts.minutes().count(), " min");
  add(parts.seconds().count(), " s");
  return out;
}

std::string readable_rate(double rate) { return in_units(rate, rate_units, 4); }

std::string round_rate(double rate) { return rounded(readable_rate(rate)); }

std::string readable_size(double bytes) { return in_units(bytes, size_units, 3); }

std::string readable_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

std::string readable_share(double share) {
  const double percent = share * 100;
  if (percent <= 0) return "0 %";
  if (percent < 0.001) return "<0.001 %";
  // 99.97 would be 100.0 in three digits, and all but a few is not all.
  if (percent >= 99.95 && percent < 100)
    return percent >= 99.995 ? ">99.99 %" : fixed(percent, 2) + " %";
  if (percent >= 100) return fixed(percent, 0) + " %";
  return (percent < 1 ? fixed(percent, 3) : with_digits(percent, 3)) + " %";
}

}  // namespace client::load::report
