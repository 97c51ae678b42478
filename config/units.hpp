// Durations and sizes as a person writes them in a file: a number and a unit, which only zero and a
// number of bytes may lack. A file is read by others than its writer: no unit of it means two
// things. Pure functions, any thread. Which values a key takes is said elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "streams/text/units.hpp"

namespace config {

using text::format_duration;
using text::format_size;
using text::Parsed;

/// Reads a number, which may have a fraction, followed by us, ms, s, m or h, as in "250ms", or
/// several from the largest down, as in "1m30s"; rounded to microseconds. "0" needs no unit.
Parsed<std::chrono::microseconds> parse_duration(std::string_view text);

/// Reads a whole number of bytes followed by B, KiB, MiB, GiB or nothing, as in "64KiB".
Parsed<std::uint64_t> parse_size(std::string_view text);

}  // namespace config
