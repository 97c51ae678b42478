// Whatever is written for networks: what is read is written in a form that is read as the same, and
// which of them contains an address is what comparing bit by bit says. The input is lines, each a
// network, an address or neither.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/text/network.hpp"
#include "streams/text/network_set.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using tests::found;

constexpr std::size_t max_networks = 12;

bool has_bit(const text::IpAddress& address, unsigned bit) {
  return (unsigned{address.bytes()[bit / 8]} >> (7U - bit % 8) & 1U) != 0;
}

bool contains_bit_by_bit(const text::Network& network, const text::IpAddress& address) {
  for (unsigned bit = 0; bit < network.length(); ++bit) {
    if (has_bit(network.first(), bit) != has_bit(address, bit)) return false;
  }
  return network.is_v4() == address.is_v4();
}

std::optional<text::Network> read(std::string_view line) {
  const auto parsed = text::parse_network(line);
  if (!parsed) return std::nullopt;
  const std::string written = to_string(parsed.value);
  const auto again = text::parse_network(written);
  if (!again || again.value != parsed.value) found("read as another", written);
  for (unsigned bit = parsed.value.length(); bit < text::IpAddress::bits; ++bit) {
    if (has_bit(parsed.value.first(), bit)) found("bits behind the prefix", written);
  }
  return parsed.value;
}

void check_lookup(const std::vector<text::Network>& networks, const text::NetworkSet& set,
                  const text::IpAddress& address) {
  std::optional<unsigned> longest;
  for (const text::Network& network : networks) {
    const bool contains = contains_bit_by_bit(network, address);
    if (contains != network.contains(address)) found("contains", to_string(network));
    if (contains && (!longest || network.length() > *longest)) longest = network.length();
  }
  if (set.longest_match(address) != longest) found("longest match", to_string(address));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input = tests::text_of(data, size);
  std::vector<text::Network> networks;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    const auto network = read(line);
    // A few say as much as many, and each is looked up in all.
    if (network && networks.size() < max_networks) networks.push_back(*network);
    input.remove_prefix(std::min(line.size() + 1, input.size()));
  }
  const text::NetworkSet set(networks);
  for (const text::Network& network : networks) {
    // Its first address, its last, and one with every other bit behind the prefix.
    text::IpAddress::Bytes last = network.first().bytes();
    text::IpAddress::Bytes other = last;
    for (unsigned bit = network.length(); bit < text::IpAddress::bits; ++bit) {
      const auto mask = static_cast<std::uint8_t>(0x80U >> bit % 8);
      last[bit / 8] |= mask;
      if (bit % 2 == 0) other[bit / 8] |= mask;
    }
    check_lookup(networks, set, network.first());
    check_lookup(networks, set, text::IpAddress(last));
    check_lookup(networks, set, text::IpAddress(other));
  }
  return 0;
}
