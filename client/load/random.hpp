// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014):
// small, fast, and the same on every machine, so that a seed makes a run repeatable. A value.
#pragma once

#include <cstdint>

namespace client::load {

/// Spreads `value` over all 64 bits; different values stay different.
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t next() noexcept {
    const std::uint64_t value = mix(state_);
    state_ += 0x9e3779b97f4a7c15U;
    return value;
  }
  /// Even, above 0 and up to 1: its logarithm is finite.
  constexpr double next_unit() noexcept {
    return (static_cast<double>(next() >> 11U) + 1) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

}  // namespace client::load
