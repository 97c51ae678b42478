// How the quantities of a fault are written. Constants, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "streams/faults/fault.hpp"
#include "streams/text/number.hpp"
#include "streams/text/units.hpp"

namespace faults {

/// The largest number of bytes that may be written: sums of a few do not overflow.
inline constexpr std::uint64_t most_bytes = 1ULL << 60U;

inline constexpr text::Notation a_time{
    .units = std::span(text::time_units).subspan(1),  // without ns
    .step = 1'000,
    .max = static_cast<std::uint64_t>(longest.count()),
    .bare = {},
    .compound = true,
    .what = "a time",
    .too_large = "is more than 24h",
    .form = "write a number and one of us, ms, s, m, h, as in \"2ms\" or \"1m30s\""};
inline constexpr text::Notation a_size{
    .units = text::size_units,
    .max = most_bytes,
    .bare = "B",
    .what = "a size",
    .form = "write a whole number, alone or with one of B, KiB, MiB, GiB, as in \"64KiB\""};

inline constexpr unsigned share_decimals = 7;  ///< of a per cent, so that it counts in `whole`
inline constexpr text::Unit share_units[] = {{"%", whole / 100}};
inline constexpr text::Notation a_share{.units = share_units,
                                        .max = whole,
                                        .bare = {},
                                        .what = "a share",
                                        .too_large = "is more than 100%",
                                        .form = "write it in per cent, as in \"1%\" or \"0.5%\""};

}  // namespace faults
