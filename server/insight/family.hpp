// A Family: one thing that is counted or measured, with the name under which STATS, SIGUSR1, the
// status line and a scrape tell it. Values; those of the daemon are in families.hpp.
//
// Every figure is a whole number of its unit's smallest part, so that nothing is rounded on its
// way: microseconds, which are told as seconds with six decimals.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace server::insight {

enum class Kind : std::uint8_t {
  counter,    ///< counts from the start of the server; its name ends in _total
  gauge,      ///< goes up and down
  histogram,  ///< how many were how large
  info        ///< says what is constant in its labels; its name ends in _info, its value is 1
};

struct Unit {
  std::string_view name;  ///< a base unit, in the plural; empty for a number of things
  unsigned decimals = 0;  ///< a figure is a whole number of 10^-decimals
};

inline constexpr Unit things{""};
inline constexpr Unit bytes{"bytes"};
inline constexpr Unit whole_seconds{"seconds"};
inline constexpr Unit microseconds{"seconds", 6};
inline constexpr Unit bytes_per_second{"bytes_per_second"};

/// The bounds of a histogram, powers of two: bucket `i` counts what is at most `bound(i)` and more
/// than the one before; one more bucket takes the rest.
struct Buckets {
  unsigned first = 0;     ///< the first bound is two to the power of this
  unsigned step = 1;      ///< each is two to the power of this times the last
  std::size_t count = 0;  ///< at most max_count

  static constexpr std::size_t max_count = 31;

  constexpr std::uint64_t bound(std::size_t i) const noexcept {
    return std::uint64_t{1} << (first + step * i);
  }
  /// Where `value` is counted; `count` for the rest.
  constexpr std::size_t index_of(std::uint64_t value) const noexcept {
    if (value <= bound(0)) return 0;
    const auto above = static_cast<unsigned>(std::bit_width((value - 1) >> first));
    const std::size_t index = (above + step - 1) / step;
    return index < count ? index : count;
  }
  bool operator==(const Buckets&) const = default;
};

struct Family {
  /// As STATS tells it; a scrape puts `echoline_` before it. Prometheus' rules: lower case, the
  /// unit last, save for _total.
  std::string_view name;
  Kind kind = Kind::gauge;
  Unit unit = things;
  std::string_view help;  ///< a sentence without its full stop, on one line
  Buckets buckets = {};   ///< of a histogram
};

}  // namespace server::insight
