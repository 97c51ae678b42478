// The [[listener]] tables. Used while loading, on one thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"

namespace config {

/// What `array`, the value of `listener`, describes; each listener starts from `limits`.
/// `limits_good` says that these are free of errors. What is wrong is added to `errors`.
std::vector<Listener> read_listeners(const Value& array, const Limits& limits, bool limits_good,
                                     std::span<const std::string_view> protocols,
                                     ErrorList& errors);

}  // namespace config
