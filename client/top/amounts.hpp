// Readings as text, short enough for a column. Pure, any thread. UTF-8.
#pragma once

#include <optional>
#include <string>

#include "client/top/readings.hpp"

namespace client::top {

/// In three digits: `0`, `2.5`, `812`, `1.2k`; `30.5 MiB`; `41.2 µs`. `-` for none.
std::string amount(const std::optional<double>& reading, Unit unit);

/// Seconds in the two largest units: `7s`, `12m5s`, `4h12m`, `3d4h`. `-` for none.
std::string age(const std::optional<double>& seconds);

}  // namespace client::top
