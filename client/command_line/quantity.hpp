// Durations, sizes and rates as a person writes them on a command line. Pure functions, any thread.
// Which values an option takes is said where it is defined.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace client::command_line {

/// A value read from text, or why there is none.
template <class T>
struct Parsed {
  T value{};
  std::string error;  ///< empty on success; else what is wrong and how to write it

  explicit operator bool() const noexcept { return error.empty(); }
};

/// Reads a number, which may have a fraction, and ns, us, ms, s, m, h or nothing for seconds, as in
/// "250ms" or "0.25"; rounded to nanoseconds.
Parsed<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Reads a whole number of bytes and B, KiB, MiB, GiB or nothing for bytes, as in "64KiB".
Parsed<std::uint64_t> parse_size(std::string_view text);

/// Reads how often a second: a number, which may have a fraction, and k, M or nothing, as in "50k".
Parsed<double> parse_rate(std::string_view text);

/// How parse_duration() reads it, in the largest unit that needs no fraction: "250ms", "1m".
/// `duration` is not negative.
std::string format_duration(std::chrono::nanoseconds duration);
/// The same of a size: "64KiB".
std::string format_size(std::uint64_t bytes);

}  // namespace client::command_line
