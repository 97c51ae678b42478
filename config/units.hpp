// Durations and sizes as a person writes them: a whole number and a unit. Pure functions, any
// thread. Which values a key takes is said elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace config {

/// A value read from text, or why there is none.
template <typename T>
struct Parsed {
  T value{};
  std::string error;  ///< empty on success; else what is wrong and what is allowed

  explicit operator bool() const noexcept { return error.empty(); }
};

/// Reads a whole number followed by us, ms, s, m or h, as in "250ms". "0" needs no unit.
Parsed<std::chrono::microseconds> parse_duration(std::string_view text);

/// Reads a whole number of bytes followed by B, KiB, MiB, GiB or nothing, as in "64KiB".
Parsed<std::uint64_t> parse_size(std::string_view text);

/// In the largest unit that is exact; zero is "0s". `duration` is not negative.
std::string format_duration(std::chrono::microseconds duration);

/// In the largest unit that is exact; zero is "0B".
std::string format_size(std::uint64_t bytes);

}  // namespace config
