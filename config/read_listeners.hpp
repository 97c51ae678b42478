// The listeners of a file, and the limits that bind them. Used while loading, on one thread.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/schema.hpp"
#include "config/table_reader.hpp"

namespace config {

/// Replaces in `limits` and `options` what `reader`'s table sets. `base_good` says that `limits`
/// came in free of errors, so that what the table leaves alone can be held against what it sets.
/// False if the table has an error.
bool read_limits(TableReader& reader, bool base_good, Limits& limits, OptionValues& options);

/// What `array`, the value of `listener`, describes; each listener starts from the limits and
/// options of `base`. `limits_good` says that these are free of errors. What is wrong is added to
/// `errors`.
std::vector<Listener> read_listeners(const Value& array, const Config& base, bool limits_good,
                                     const Schema& schema, ErrorList& errors);

}  // namespace config
