#include "client/command_line/quantity.hpp"

#include <array>
#include <limits>
#include <utility>

namespace client::command_line {
namespace {

// Here k is a thousand wherever it stands. K, M and G alone are sizes of 1000s to some and of 1024s
// to others, so that sizes do without.
constexpr std::array<text::Unit, 9> size_units{{{"B", 1},
                                                {"k", 1'000},
                                                {"kB", 1'000},
                                                {"KB", 1'000},
                                                {"KiB", 1ULL << 10U},
                                                {"MB", 1'000'000},
                                                {"MiB", 1ULL << 20U},
                                                {"GB", 1'000'000'000},
                                                {"GiB", 1ULL << 30U}}};
constexpr std::array<text::Unit, 5> count_units{
    {{"", 1}, {"k", 1'000}, {"K", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}}};

constexpr text::Notation a_duration{
    .units = text::time_units,
    .max = std::numeric_limits<std::int64_t>::max(),
    .bare = "s",
    .compound = true,
    .what = "a duration",
    .too_large = "is too large for a duration",
    .form =
        "write a number and one of ns, us, ms, s, m, h, as in 250ms or 1m30s; without a unit it is "
        "seconds"};
constexpr text::Notation a_size{.units = size_units,
                                .bare = "B",
                                .what = "a size",
                                .too_large = "is too large for a size",
                                .form =
                                    "write a whole number of bytes, or one with KB, MB, GB (1000s) "
                                    "or KiB, MiB, GiB (1024s), as "
                                    "in 64KiB"};
constexpr text::Notation a_rate{
    .units = count_units,
    .bare = {},
    .what = "a rate",
    .too_large = "is too large for a rate",
    .form = "write a number per second, with k for thousands or M for millions, as in 50k"};
constexpr text::Notation a_count{
    .units = count_units,
    .bare = {},
    .what = "a whole number",
    .form = "write one, with k for thousands or M for millions where you like, as in 20k"};

}  // namespace

Parsed<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  auto parsed = text::parse_rounded(text, a_duration);
  return {.value = std::chrono::nanoseconds{static_cast<std::int64_t>(parsed.value)},
          .error = std::move(parsed.error)};
}

Parsed<std::uint64_t> parse_size(std::string_view text) { return text::parse_whole(text, a_size); }

Parsed<std::uint64_t> parse_count(std::string_view text) {
  return text::parse_whole(text, a_count);
}

Parsed<double> parse_rate(std::string_view text) { return text::parse_decimal(text, a_rate); }

}  // namespace client::command_line
