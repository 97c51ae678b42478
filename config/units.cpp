#include "config/units.hpp"

#include <limits>
#include <span>
#include <utility>

namespace config {
namespace {

constexpr text::Notation a_duration{
    .units = std::span(text::time_units).subspan(1),  // without ns
    .step = 1'000,
    .max = std::numeric_limits<std::int64_t>::max(),
    .bare = {},
    .compound = true,
    .what = "a duration",
    .form = "write a number and one of us, ms, s, m, h, as in \"250ms\" or \"1m30s\""};
constexpr text::Notation a_size{
    .units = text::size_units,
    .bare = "B",
    .what = "a size",
    .form = "write a whole number and one of B, KiB, MiB, GiB, as in \"64KiB\""};

}  // namespace

Parsed<std::chrono::microseconds> parse_duration(std::string_view text) {
  auto parsed = text::parse_rounded(text, a_duration);
  return {.value = std::chrono::microseconds{static_cast<std::int64_t>(parsed.value)},
          .error = std::move(parsed.error)};
}

Parsed<std::uint64_t> parse_size(std::string_view text) { return text::parse_whole(text, a_size); }

}  // namespace config
