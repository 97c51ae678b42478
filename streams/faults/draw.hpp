// Draw: the numbers that are drawn for one hit of a fault's place, or for its scope. They follow
// from who draws and what for, and from nothing else, on every machine. A value, any thread.
#pragma once

#include <cstdint>

#include "streams/faults/fault.hpp"
#include "streams/faults/identity.hpp"

namespace faults {

/// A one-to-one mix of 64 bits, in which each bit of the result follows from all of `bits`. Its
/// factors are the fractions of the square roots of 2 and 3.
constexpr std::uint64_t mix(std::uint64_t bits) noexcept {
  bits = (bits ^ bits >> 32U) * 0x6A09E667F3BCC909U;
  bits = (bits ^ bits >> 29U) * 0xBB67AE8584CAA73BU;
  return bits ^ bits >> 32U;
}

/// Instead of a hit's ordinal: the scope.
inline constexpr std::uint64_t of_scope = ~std::uint64_t{0};

class Draw {
 public:
  /// `fault` is its place in the plan, `hit` how often its place was hit before.
  constexpr Draw(const Identity& who, std::uint64_t fault, std::uint64_t hit) noexcept
      : state_(mix(mix(mix(mix(who.seed) + who.connection) + fault) + hit)) {}

  constexpr std::uint64_t next() noexcept { return mix(state_ += 0x9E3779B97F4A7C15U); }

  /// True `share` times in `whole`.
  constexpr bool happens(std::uint64_t share) noexcept { return below_whole() < share; }

  /// How long a delay is.
  Microseconds delay(const Fault& fault) noexcept;

 private:
  constexpr std::uint64_t below_whole() noexcept { return (next() >> 32U) * whole >> 32U; }

  std::uint64_t state_;
};

/// Whether the connection has the fault; `index` is its place in the plan.
bool is_in_scope(const Fault& fault, std::uint64_t index, const Identity& who) noexcept;

}  // namespace faults
