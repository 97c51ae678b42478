// A sentence with figures in it, for a note or a verdict. Pure.
#pragma once

#include <string>

#include "client/load/plan.hpp"

namespace client::load {

/// As printf(3); cut off behind 500 bytes.
[[gnu::format(printf, 1, 2)]] std::string sentence(const char* format, ...);

inline double in_milliseconds(Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}
inline double in_seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace client::load
