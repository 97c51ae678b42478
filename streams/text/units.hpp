// Quantities as a person writes them: a number and a unit. Pure functions, any thread. Which units
// are taken where, and what is said of text that is refused, stands in a Notation of the one who
// reads; which values are taken is said elsewhere.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>
#include <span>
#include <string>
#include <string_view>

namespace text {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// From the smallest up, each a multiple of the one before.
inline constexpr std::array<Unit, 6> time_units{{{"ns", 1},
                                                 {"us", 1'000},
                                                 {"ms", 1'000'000},
                                                 {"s", 1'000'000'000},
                                                 {"m", 60'000'000'000},
                                                 {"h", 3'600'000'000'000}}};
inline constexpr std::array<Unit, 4> size_units{
    {{"B", 1}, {"KiB", 1ULL << 10U}, {"MiB", 1ULL << 20U}, {"GiB", 1ULL << 30U}}};
inline constexpr std::array<Unit, 3> count_units{{{"", 1}, {"k", 1'000}, {"M", 1'000'000}}};

/// A value read from text, or why there is none.
template <typename T>
struct Parsed {
  T value{};
  std::string error;  ///< empty on success; else what is wrong and how to write it

  explicit operator bool() const noexcept { return error.empty(); }
};

/// How a quantity is written in one place.
struct Notation {
  std::span<const Unit> units;
  std::uint64_t step = 1;  ///< the value counts in this many of the factors' 1
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();  ///< of the value
  std::string_view bare;  ///< the unit of a number without one; empty if all but 0 need one
  bool compound = false;  ///< several may stand together, from the largest unit down: `1m30s`
  std::string_view what;  ///< `a duration`
  std::string_view too_large = "is too large";
  std::string_view form;  ///< how to write one
};

/// Reads a whole number and a unit, with nothing between or around them; or several of these.
Parsed<std::uint64_t> parse_whole(std::string_view text, const Notation& notation);

/// The same of a number that may have a fraction, rounded to the notation's step.
Parsed<std::uint64_t> parse_rounded(std::string_view text, const Notation& notation);

/// The same, not rounded; the notation's largest value does not bind it.
Parsed<double> parse_decimal(std::string_view text, const Notation& notation);

/// `value` counts in `step`; in the largest unit that needs no fraction.
std::string in_largest_unit(std::uint64_t value, std::span<const Unit> units, std::uint64_t step);

/// In the largest unit that needs no fraction: "250ms", "90s"; zero is "0s". `duration` is not
/// negative and counts in nanoseconds or more.
template <typename Rep, typename Period>
std::string format_duration(std::chrono::duration<Rep, Period> duration) {
  using Step = std::ratio_divide<Period, std::nano>;
  static_assert(Step::den == 1 && Step::num <= time_units.back().factor, "from ns to h");
  if (duration.count() == 0) return "0s";
  return in_largest_unit(static_cast<std::uint64_t>(duration.count()), time_units, Step::num);
}

/// In the largest unit that needs no fraction: "64KiB"; zero is "0B".
std::string format_size(std::uint64_t bytes);

}  // namespace text
