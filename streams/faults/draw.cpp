#include "streams/faults/draw.hpp"

#include <algorithm>

namespace faults {

Microseconds Draw::delay(const Fault& fault) noexcept {
  if (fault.times.empty()) {
    // The sum of twelve of 0 to 1 has the mean 6 and the deviation 1; in integers, so that no
    // machine rounds in its own way.
    constexpr int summands = 12;
    std::int64_t sum = -(std::int64_t{summands / 2} << 32U);
    for (int i = 0; i < summands; ++i) sum += static_cast<std::int64_t>(next() >> 32U);
    // In thousandths; a deviation has at most 38 bits.
    const std::int64_t thousandths = sum * 1000 >> 32U;
    const std::int64_t off = fault.deviation.count() * thousandths / 1000;
    return Microseconds(std::max<std::int64_t>(0, fault.time.count() + off));
  }
  std::uint64_t drawn = below_whole();
  for (const Weighted& row : fault.times) {
    if (drawn < row.share) return row.time;
    drawn -= row.share;
  }
  return fault.times.back().time;
}

bool is_in_scope(const Fault& fault, std::uint64_t index, const Identity& who) noexcept {
  switch (fault.scope.kind) {
    case Scope::Kind::all: return true;
    case Scope::Kind::first: return who.of_source <= fault.scope.n;
    case Scope::Kind::every: return who.connection % fault.scope.n == 0;
    case Scope::Kind::share: return Draw(who, index, of_scope).happens(fault.scope.n);
  }
  return false;
}

}  // namespace faults
