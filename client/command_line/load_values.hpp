// What only `echoline load` takes on its command line: ranges of sizes, ramps and steps of rates,
// lists of addresses. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/command_line/quantity.hpp"
#include "client/load/plan.hpp"

namespace client::command_line {

/// Reads "64", "4KiB" or, for sizes drawn between two, "64..1500": 1 byte to 64 MiB.
Parsed<std::pair<std::size_t, std::size_t>> parse_sizes(std::string_view text);
/// Reads FROM:TO:TIME, as in "1000:50k:30s".
Parsed<load::RateStage> parse_ramp(std::string_view text);
/// Reads RATE:TIME, as in "50k:10s".
Parsed<load::RateStage> parse_step(std::string_view text);
/// Reads a time that is more than none, as in "30s".
Parsed<load::Duration> parse_hold(std::string_view text);
/// Reads "100", a number of errors, or "5%", a share of the requests, which is then 0 to 1.
struct ErrorLimit {
  std::optional<std::uint64_t> count;
  std::optional<double> share;
};
Parsed<ErrorLimit> parse_error_limit(std::string_view text);
/// Reads what stands between commas; nothing may be empty.
Parsed<std::vector<std::string>> parse_list(std::string_view text);

}  // namespace client::command_line
