// The keys of [limits], which may also stand in a [[listener]]. Used while loading, on one thread.
#pragma once

#include <chrono>

#include "config/config.hpp"
#include "config/table_reader.hpp"

namespace config {

/// A year, so that a deadline counted from now in nanoseconds stays in range.
inline constexpr std::chrono::hours max_wait{8760};

/// Replaces in `limits` what `reader`'s table sets. `base_good` says that `limits` came in free of
/// errors, so that what the table leaves alone can be held against what it sets. False if the
/// table has an error.
bool read_limits(TableReader& reader, bool base_good, Limits& limits);

}  // namespace config
