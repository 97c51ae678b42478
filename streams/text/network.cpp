#include "streams/text/network.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include "streams/text/escape.hpp"
#include "streams/text/number.hpp"

namespace text {
namespace {

constexpr std::string_view how_to_write =
    R"(write a network, as in "192.0.2.0/24" or "2001:db8::/32", or an address)";

constexpr IpAddress::Bytes mapped(const IpAddress::Bytes& tail) {
  IpAddress::Bytes bytes = tail;
  bytes[10] = bytes[11] = 0xff;
  return bytes;
}

std::optional<IpAddress> read_v4(const std::string& text) {
  in_addr address{};
  if (::inet_pton(AF_INET, text.c_str(), &address) != 1) return std::nullopt;
  IpAddress::Bytes bytes{};
  std::memcpy(bytes.data() + 12, &address, 4);
  return IpAddress(mapped(bytes));
}

std::optional<IpAddress> read_ip(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string copy{text};
  if (const auto v4 = read_v4(copy)) return v4;
  IpAddress::Bytes bytes{};
  if (::inet_pton(AF_INET6, copy.c_str(), bytes.data()) != 1) return std::nullopt;
  return IpAddress(bytes);
}

std::string no_address(std::string_view text) {
  if (text.empty()) return "there is no address; " + std::string{how_to_write};
  std::string_view bare = text;
  if (bare.starts_with('[')) {
    bare.remove_prefix(1);
    bare = bare.substr(0, bare.find(']'));
    if (read_ip(bare)) {
      return quoted(text) + " is not an IP address; write " + quoted(bare) + " without brackets";
    }
  }
  bare = text.substr(0, text.find('%'));
  if (bare.size() != text.size() && read_ip(bare)) {
    return quoted(text) + " has a zone, which no network has; write " + quoted(bare);
  }
  return quoted(text) + " is not an IP address; " + std::string{how_to_write} +
         "; names are not looked up";
}

// The prefix of a netmask such as 255.255.255.0; none if that is no netmask.
std::optional<unsigned> length_of_mask(std::string_view text) {
  if (text.find('.') == std::string_view::npos) return std::nullopt;
  const auto mask = read_ip(text);
  if (!mask || !mask->is_v4()) return std::nullopt;
  std::uint32_t bits = 0;
  for (std::size_t i = 12; i < 16; ++i) bits = bits << 8U | mask->bytes()[i];
  const int length = std::countl_one(bits);
  if (std::popcount(bits) != length) return std::nullopt;
  return static_cast<unsigned>(length);
}

// The prefix as written, of at most `most`; none if it is no such number.
std::optional<unsigned> read_length(std::string_view text, unsigned most) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  const auto length = whole_number<unsigned>(text);
  if (!length || *length > most) return std::nullopt;
  return length;
}

Parsed<Network> failure(std::string error) { return {.value = {}, .error = std::move(error)}; }

}  // namespace

Parsed<IpAddress> parse_ip_address(std::string_view text) {
  if (const auto address = read_ip(text)) return {.value = *address, .error = {}};
  return {.value = {}, .error = no_address(text)};
}

Parsed<Network> parse_network(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view written = text.substr(0, slash);
  const auto address = read_ip(written);
  if (!address) return failure(no_address(written));
  if (slash == text.size()) return {.value = Network(*address, IpAddress::bits), .error = {}};

  const std::string_view prefix = text.substr(slash + 1);
  // An IPv4 address written as an IPv6 one has the prefix of the latter.
  const bool is_mapped = address->is_v4() && written.find(':') != std::string_view::npos;
  const bool is_short = address->is_v4() && !is_mapped;
  const unsigned before = is_short ? IpAddress::bits_before_v4 : 0;
  const unsigned least = is_mapped ? IpAddress::bits_before_v4 : 0;
  const unsigned most = IpAddress::bits - before;
  const auto length = read_length(prefix, most);
  if (!length || *length < least) {
    std::string error = "the prefix " + quoted(prefix) + " of " + quoted(text) +
                        " is not a whole number from " + std::to_string(least) + " to " +
                        std::to_string(most);
    if (const auto of_mask = length_of_mask(prefix); of_mask && is_short) {
      error +=
          "; for this netmask write " + quoted(to_string(Network(*address, before + *of_mask)));
    }
    return failure(std::move(error));
  }
  const Network network(*address, before + *length);
  if (network.first() != *address) {
    return failure(quoted(text) + " has bits set behind its prefix; write " +
                   quoted(to_string(network)) + " for the network, or " + quoted(written) +
                   " for the address alone");
  }
  return {.value = network, .error = {}};
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const std::uint8_t* const bytes = address.bytes().data();
  if (address.is_v4()) {
    ::inet_ntop(AF_INET, bytes + 12, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, bytes, text.data(), text.size());
  }
  return text.data();
}

std::string to_string(const Network& network) {
  std::string text = to_string(network.first());
  if (network.length() == IpAddress::bits) return text;
  const unsigned before = network.is_v4() ? IpAddress::bits_before_v4 : 0;
  return text + '/' + std::to_string(network.length() - before);
}

}  // namespace text
