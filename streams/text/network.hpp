// IP addresses and networks as a person writes them: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
// An IPv4 address that is written, or comes, as an IPv6 one (`::ffff:192.0.2.7`) is the IPv4
// address. Plain values and pure functions, any thread; nothing is looked up.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "streams/text/units.hpp"

namespace text {

class IpAddress {
 public:
  /// In the network's order; an IPv4 address as the IPv6 one that it is mapped into.
  using Bytes = std::array<std::uint8_t, 16>;
  static constexpr unsigned bits = 128;
  /// Before the 32 bits of an IPv4 address.
  static constexpr unsigned bits_before_v4 = 96;

  /// `::`
  constexpr IpAddress() noexcept = default;
  constexpr explicit IpAddress(const Bytes& from) noexcept : bytes_(from) {}

  constexpr const Bytes& bytes() const noexcept { return bytes_; }
  constexpr bool is_v4() const noexcept {
    for (unsigned i = 0; i < 10; ++i) {
      if (bytes_[i] != 0) return false;
    }
    return bytes_[10] == 0xff && bytes_[11] == 0xff;
  }
  /// The same with all but the first `length` of its 128 bits cleared.
  constexpr IpAddress masked(unsigned length) const noexcept {
    IpAddress result;
    const unsigned whole = length / 8;
    for (unsigned i = 0; i < whole; ++i) result.bytes_[i] = bytes_[i];
    if (const unsigned rest = length % 8; rest != 0) {
      result.bytes_[whole] = static_cast<std::uint8_t>(bytes_[whole] & (0xff00U >> rest));
    }
    return result;
  }
  /// By their bytes.
  constexpr auto operator<=>(const IpAddress&) const noexcept = default;

 private:
  Bytes bytes_{};
};

Parsed<IpAddress> parse_ip_address(std::string_view text);
std::string to_string(const IpAddress& address);

class Network {
 public:
  /// `::/0`, which is all of IPv6 and nothing of IPv4.
  constexpr Network() noexcept = default;
  /// All that have the first `length` of 128 bits with `address` in common.
  constexpr Network(const IpAddress& address, unsigned length) noexcept
      : first_(address.masked(length)), length_(static_cast<std::uint8_t>(length)) {}

  constexpr const IpAddress& first() const noexcept { return first_; }
  /// Of 128 bits: that of an IPv4 network is 96 more than is written.
  constexpr unsigned length() const noexcept { return length_; }
  constexpr bool is_v4() const noexcept { return first_.is_v4(); }
  constexpr bool contains(const IpAddress& address) const noexcept {
    return address.is_v4() == is_v4() && address.masked(length_) == first_;
  }
  /// By the first address; of one address, the widest first.
  constexpr auto operator<=>(const Network&) const noexcept = default;

 private:
  IpAddress first_;
  std::uint8_t length_ = 0;
};

/// A network, or an address alone, which is the network of that one. Bits that are set behind the
/// prefix are an error, which says which network was probably meant.
Parsed<Network> parse_network(std::string_view text);
/// As it is written; an address alone without a prefix.
std::string to_string(const Network& network);

}  // namespace text
