// Shared: what the two Flows of a Script have in common. A value of the Script.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "streams/faults/bounds.hpp"
#include "streams/faults/fault.hpp"
#include "streams/faults/identity.hpp"
#include "streams/faults/log.hpp"

namespace faults {

struct Shared {
  static constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();

  Identity who;
  Bounds bounds;
  bool is_hurried = false;
  /// Whether the protocol says where its replies end.
  bool has_marks = false;
  bool input_has_ended = false;
  /// The first of what was met after a time, and how much it is.
  std::vector<Encounter> timed{};
  std::uint64_t timed_count = 0;
  std::array<std::uint64_t, action_count> counts{};
  /// The lines of the input, and those of the output, up to which what was met counts: where the
  /// connection ended on the other stream, no further than must have been.
  std::uint64_t input_counts = all;
  std::uint64_t output_counts = all;
};

}  // namespace faults
