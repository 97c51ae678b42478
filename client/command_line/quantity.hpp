// Durations, sizes, counts and rates as a person writes them on a command line. Pure functions, any
// thread. Which values an option takes is said where it is defined.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "streams/text/units.hpp"

namespace client::command_line {

using text::format_duration;
using text::format_size;
using text::Parsed;

/// Reads a number, which may have a fraction, and ns, us, ms, s, m, h or nothing for seconds, as in
/// "250ms" or "0.25", or several with units, from the largest down, as in "1m30s"; rounded to
/// nanoseconds.
Parsed<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Reads a whole number of bytes and B or nothing for bytes, k, KB, MB, GB for thousands of them,
/// or KiB, MiB, GiB, as in "64KiB".
Parsed<std::uint64_t> parse_size(std::string_view text);

/// Reads a whole number and k, M, G or nothing, as in "20k".
Parsed<std::uint64_t> parse_count(std::string_view text);

/// Reads how often a second: a number, which may have a fraction, and k, M, G or nothing, as in
/// "50k".
Parsed<double> parse_rate(std::string_view text);

}  // namespace client::command_line
