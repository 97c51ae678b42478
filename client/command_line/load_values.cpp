#include "client/command_line/load_values.hpp"

#include <algorithm>
#include <cmath>

#include "streams/text/escape.hpp"

namespace client::command_line {
namespace {

constexpr std::uint64_t max_size = std::uint64_t{64} << 20U;
constexpr std::chrono::hours max_stage_time{24 * 365};  // a hundred of them are a Duration

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

Parsed<load::Duration> parse_stage_time(std::string_view text) {
  auto parsed = parse_duration(text);
  if (!parsed) return parsed;
  if (parsed.value <= load::Duration::zero()) parsed.error = "it takes no time";
  if (parsed.value > max_stage_time) {
    parsed.error = "it takes more than " + format_duration(max_stage_time);
  }
  return parsed;
}

/// Rates, then a time.
Parsed<load::RateStage> parse_stage(std::string_view text, std::size_t rates, const char* form) {
  Parsed<load::RateStage> parsed;
  const std::vector<std::string_view> parts = split(text, ":");
  if (parts.size() != rates + 1) {
    parsed.error = text::quoted(text) + " is not " + form;
    return parsed;
  }
  const auto from = parse_rate(parts.front());
  const auto to = parse_rate(parts[rates - 1]);
  const auto time = parse_stage_time(parts.back());
  for (const std::string& error : {from.error, to.error, time.error}) {
    if (parsed.error.empty() && !error.empty()) parsed.error = text::quoted(text) + ": " + error;
  }
  parsed.value = {from.value, to.value, time.value};
  return parsed;
}

}  // namespace

Parsed<std::pair<std::size_t, std::size_t>> parse_sizes(std::string_view text) {
  Parsed<std::pair<std::size_t, std::size_t>> parsed;
  const std::vector<std::string_view> parts = split(text, "..");
  const auto least = parse_size(parts.front());
  const auto most = parse_size(parts.back());
  if (parts.size() > 2 || !least || !most) {
    parsed.error =
        text::quoted(text) + " is not a size, as in 64 or 4KiB, nor two of them, as in 64..1500";
  } else if (least.value < 1 || most.value > max_size) {
    parsed.error = text::quoted(text) + " is out of range; write 1 to " + format_size(max_size);
  } else if (least.value > most.value) {
    parsed.error = text::quoted(text) + ": the first size is the larger one";
  }
  parsed.value = {least.value, most.value};
  return parsed;
}

Parsed<load::RateStage> parse_ramp(std::string_view text) {
  return parse_stage(text, 2, "FROM:TO:TIME, as in 1000:50k:30s");
}

Parsed<load::RateStage> parse_step(std::string_view text) {
  return parse_stage(text, 1, "RATE:TIME, as in 50k:10s");
}

Parsed<load::Duration> parse_hold(std::string_view text) {
  auto parsed = parse_stage_time(text);
  if (!parsed) parsed.error = text::quoted(text) + ": " + parsed.error;
  return parsed;
}

Parsed<ErrorLimit> parse_error_limit(std::string_view text) {
  Parsed<ErrorLimit> parsed;
  const bool is_share = text.ends_with('%');
  const auto number = parse_rate(is_share ? text.substr(0, text.size() - 1) : text);
  const bool is_whole = std::floor(number.value) >= number.value;
  if (!number || (is_share ? number.value > 100 : !is_whole || number.value > 1e18)) {
    parsed.error = text::quoted(text) +
                   " is neither a number of errors, as in 100, nor a percentage of " +
                   "the requests, as in 5%";
  } else if (is_share) {
    parsed.value.share = number.value / 100;
  } else {
    parsed.value.count = static_cast<std::uint64_t>(number.value);
  }
  return parsed;
}

Parsed<std::vector<std::string>> parse_list(std::string_view text) {
  Parsed<std::vector<std::string>> parsed;
  for (const std::string_view part : split(text, ",")) {
    if (part.empty()) parsed.error = text::quoted(text) + ": something is missing next to a comma";
    parsed.value.emplace_back(part);
  }
  return parsed;
}

}  // namespace client::command_line
