// A moment as text, in UTC (RFC 3339): `2026-11-21T05:48:29.123Z`. Pure functions, any thread.
// Neither a locale nor gmtime_r(3), which takes a lock that all threads would share.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace text {

/// The digits of a second's fraction; what is finer is cut off.
enum class Fraction : std::uint8_t { none = 0, milliseconds = 3, microseconds = 6 };

/// Appends `when`, of the years 0 to 9999.
void append_timestamp(std::string& out, std::chrono::system_clock::time_point when,
                      Fraction fraction);
std::string timestamp(std::chrono::system_clock::time_point when, Fraction fraction);

}  // namespace text
