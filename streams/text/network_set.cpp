#include "streams/text/network_set.hpp"

#include <algorithm>
#include <utility>

namespace text {
namespace {

/// By their bits alone, in which ::/0 covers IPv4 as well.
bool covers(const Network& wide, const Network& narrow) noexcept {
  return narrow.length() >= wide.length() && narrow.first().masked(wide.length()) == wide.first();
}

}  // namespace

NetworkSet::NetworkSet(std::vector<Network> networks) : networks_(std::move(networks)) {
  std::sort(networks_.begin(), networks_.end());
  networks_.erase(std::unique(networks_.begin(), networks_.end()), networks_.end());
  wider_.reserve(networks_.size());
  // Two networks are apart, or one contains the other.
  std::uint32_t last = none;
  for (std::uint32_t i = 0; i < networks_.size(); ++i) {
    while (last != none && !covers(networks_[last], networks_[i])) last = wider_[last];
    wider_.push_back(last);
    last = i;
  }
}

// The last one that begins at or before the address is the narrowest that can contain it; any other
// that does contains that one, too.
std::optional<unsigned> NetworkSet::longest_match(const IpAddress& address) const noexcept {
  const auto behind = std::upper_bound(
      networks_.begin(), networks_.end(), address,
      [](const IpAddress& sought, const Network& network) { return sought < network.first(); });
  if (behind == networks_.begin()) return std::nullopt;
  auto at = static_cast<std::uint32_t>(behind - networks_.begin() - 1);
  while (at != none && !networks_[at].contains(address)) at = wider_[at];
  if (at == none) return std::nullopt;
  return networks_[at].length();
}

}  // namespace text
