// Delays: how long the built-in service takes for a request: the distributions that are known in
// advance. Plain values and pure functions.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace client::self_test {

using Duration = std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

struct Delays {
  std::string_view name;
  std::string_view meaning;
  /// How long the service takes for the request with this number, from 0, which has come so long
  /// after the first one.
  Duration (*of)(std::uint64_t number, Duration since_first) = nullptr;
};

/// Answers at once: for what only the generator's own speed is asked of.
extern const Delays none;
/// What the generator's figures are held against.
extern const std::array<Delays, 3> known;

}  // namespace client::self_test
