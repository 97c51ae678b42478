// A NetworkSet: networks, and which of them an address is in. Made once and constant from then on;
// any thread may look things up in it, in logarithmic time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "streams/text/network.hpp"

namespace text {

class NetworkSet {
 public:
  NetworkSet() = default;
  /// In any order; those that stand there twice count once.
  explicit NetworkSet(std::vector<Network> networks);

  bool empty() const noexcept { return networks_.empty(); }
  /// In the order of their addresses, the wider before those that it contains.
  const std::vector<Network>& networks() const noexcept { return networks_; }

  /// The length, of 128 bits, of the longest prefix among those that `address` is in; nothing where
  /// it is in none.
  std::optional<unsigned> longest_match(const IpAddress& address) const noexcept;
  bool contains(const IpAddress& address) const noexcept {
    return longest_match(address).has_value();
  }

  bool operator==(const NetworkSet&) const = default;

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  std::vector<Network> networks_;
  std::vector<std::uint32_t> wider_;  // of each, the next wider one that contains it
};

}  // namespace text
