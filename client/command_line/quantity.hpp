// Durations, sizes and rates as a person writes them on a command line. Pure functions, any thread.
// Which values an option takes is said where it is defined.
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
/// "250ms" or "0.25"; rounded to nanoseconds.
Parsed<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// Reads a whole number of bytes and B, KiB, MiB, GiB or nothing for bytes, as in "64KiB".
Parsed<std::uint64_t> parse_size(std::string_view text);

/// Reads how often a second: a number, which may have a fraction, and k, M or nothing, as in "50k".
Parsed<double> parse_rate(std::string_view text);

}  // namespace client::command_line
