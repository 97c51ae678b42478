// Numbers as people read them: three or four digits and the unit that makes them so. Pure
// functions, any thread. Text is UTF-8.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace client::load::report {

/// A latency in three digits: `640 ns`, `41.2 µs`, `4.12 ms`, `12.3 s`.
std::string readable_time(std::chrono::nanoseconds time);

/// How long something is meant to go on or went on: `1.5 s`, `10 s`, `2 min 30 s`, `1 h 5 min`.
std::string readable_span(std::chrono::nanoseconds span);

/// Something a second, in four digits: `812.5/s`, `49.99 k/s`, `1.204 M/s`.
std::string readable_rate(double rate);
/// The same without zeros behind the point: `50 k/s`, `1.5 k/s`, `250/s`.
std::string round_rate(double rate);

/// Bytes in three digits: `64 B`, `30.5 MiB`.
std::string readable_size(double bytes);

/// All digits, in groups: `1,234,567`.
std::string readable_count(std::uint64_t count);

/// A share of 1 in three digits: `78.2 %`, `0.012 %`; what is smaller but not 0 is `<0.001 %`.
std::string readable_share(double share);

}  // namespace client::load::report
