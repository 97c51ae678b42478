// Which connection it is: what all that is drawn for its faults follows from. Plain values.
#pragma once

#include <cstdint>

namespace faults {

struct Identity {
  std::uint64_t seed = 0;
  std::uint64_t connection = 1;  ///< of the listener, or of the run; from 1
  std::uint64_t of_source = 1;   ///< among those of its source; from 1

  bool operator==(const Identity&) const = default;
};

}  // namespace faults
