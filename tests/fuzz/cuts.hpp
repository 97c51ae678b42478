// The same input in pieces, for targets in which cuts must not matter.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tests {

/// Cuts `input` into pieces of 1 to 1 + seed % 16 bytes, of sizes that follow from `seed`.
inline std::vector<std::string_view> cut(std::string_view input, unsigned char seed) {
  std::vector<std::string_view> pieces;
  const std::size_t largest = 1U + seed % 16U;
  std::uint32_t state = seed;
  while (!input.empty()) {
    state = state * 1664525U + 1013904223U;
    const std::size_t size = std::min(input.size(), 1 + (state >> 16U) % largest);
    pieces.push_back(input.substr(0, size));
    input.remove_prefix(size);
  }
  return pieces;
}

}  // namespace tests
