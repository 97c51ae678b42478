#include "client/command_line/quantity.hpp"

#include <limits>
#include <utility>

namespace client::command_line {
namespace {

constexpr text::Notation a_duration{
    .units = text::time_units,
    .max = std::numeric_limits<std::int64_t>::max(),
    .bare = "s",
    .what = "a duration",
    .too_large = "is too much for a duration",
    .form =
        "write a number and one of ns, us, ms, s, m, h, as in 250ms; without a unit it is "
        "seconds"};
constexpr text::Notation a_size{.units = text::size_units,
                                .bare = "B",
                                .what = "a size",
                                .too_large = "is too much for a size",
                                .form =
                                    "write a whole number and one of B, KiB, MiB, GiB, as in "
                                    "64KiB; without a unit it is bytes"};
constexpr text::Notation a_rate{.units = text::count_units,
                                .bare = {},
                                .what = "a rate",
                                .too_large = "is too much for a rate",
                                .form =
                                    "write a number a second, with k for thousands or M for "
                                    "millions, as in 50k"};

}  // namespace

Parsed<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  auto parsed = text::parse_rounded(text, a_duration);
  return {.value = std::chrono::nanoseconds{static_cast<std::int64_t>(parsed.value)},
          .error = std::move(parsed.error)};
}

Parsed<std::uint64_t> parse_size(std::string_view text) { return text::parse_whole(text, a_size); }

Parsed<double> parse_rate(std::string_view text) { return text::parse_decimal(text, a_rate); }

}  // namespace client::command_line
