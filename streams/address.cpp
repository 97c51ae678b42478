#include "streams/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace streams {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t max_unix_path = 107;
constexpr std::size_t max_host = 253;  // RFC 1035 section 2.3.4, without the root's dot

// Bytes that would break a log line are replaced: the text may come from anywhere. As
// text::quoted() and text::printable(), of which streams may know nothing.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out += '"';
}

ParsedAddress failure(std::string text) { return ParsedAddress(std::move(text)); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_';
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// An address with an optional zone, as in fe80::1%eth0 (RFC 4007 section 11).
bool is_ipv6(std::string_view text) {
  const std::size_t percent = text.find('%');
  if (percent != std::string_view::npos && !is_zone(text.substr(percent + 1))) return false;
  const std::string host{text.substr(0, percent)};
  in6_addr ignored{};
  return host.find('\0') == std::string::npos && inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

std::string check_host(std::string_view host) {
  if (host.empty()) {
    return "there is no host before the port; write 0.0.0.0 for every IPv4 interface or [::] for "
           "every interface";
  }
  if (host.size() > max_host) return "the host is longer than 253 bytes";
  if (!std::all_of(host.begin(), host.end(), is_name_char)) {
    return "the host " + quoted(host) +
           " has a character that is neither letter, digit, '-', '.' nor '_'";
  }
  const bool numeric =
      std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
  in_addr ignored{};
  if (numeric && inet_pton(AF_INET, std::string{host}.c_str(), &ignored) != 1) {
    return quoted(host) + " is not an IPv4 address; that has four numbers from 0 to 255";
  }
  return {};
}

ParsedAddress parse_unix(std::string_view path) {
  if (path.empty()) return failure("there is no path after unix:; write unix:/PATH");
  if (path.front() != '/') {
    return failure("the path of a Unix socket must be absolute, not " + quoted(path) +
                   "; write unix:/PATH");
  }
  if (path.find('\0') != std::string_view::npos) {
    return failure("the path of a Unix socket has a zero byte in it");
  }
  if (path.size() > max_unix_path) {
    return failure("the path of a Unix socket has " + std::to_string(path.size()) +
                   " bytes; at most 107 are allowed");
  }
  return ParsedAddress(Address(UnixPath{std::string{path}}));
}

ParsedAddress with_port(std::string_view host, std::string_view port_text) {
  const std::optional<std::uint16_t> port = parse_port(port_text);
  if (!port) {
    return failure("the port " + quoted(port_text) +
                   " is not a decimal number from 0 to 65535 without leading zeros");
  }
  return ParsedAddress(Address(HostPort{std::string{host}, *port}));
}

ParsedAddress parse_bracketed(std::string_view text) {
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) {
    return failure("the '[' has no ']'; write [IPV6]:PORT");
  }
  const std::string_view host = text.substr(1, close - 1);
  if (host.ends_with('%')) {
    return failure("there is no interface after the '%' of " + quoted(host) +
                   "; write it, as in [fe80::1%eth0]:7007, or leave the '%' out");
  }
  if (!is_ipv6(host)) return failure(quoted(host) + " is not an IPv6 address");
  const std::string_view rest = text.substr(close + 1);
  if (rest.empty()) return failure("there is no port; write [IPV6]:PORT");
  if (rest.front() != ':') return failure("after ']' comes ':' and the port; write [IPV6]:PORT");
  return with_port(host, rest.substr(1));
}

// A host has no port that begins with a slash.
bool is_unix_in_capitals(std::string_view text) {
  constexpr std::string_view prefix = "UNIX:/";
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char capital, char c) {
           return c == capital || (c >= 'a' && c <= 'z' && c - 'a' + 'A' == capital);
         });
}

}  // namespace

ParsedAddress parse_address(std::string_view text) {
  if (text.empty())
    return failure("the address is empty; write HOST:PORT, [IPV6]:PORT or unix:/PATH");
  if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
  if (text.front() == '[') return parse_bracketed(text);
  if (is_unix_in_capitals(text)) {
    return failure(quoted(text.substr(0, unix_prefix.size())) +
                   " is written in small letters; write unix:/PATH");
  }

  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return failure(quoted(text) + " has no port; write HOST:PORT, [IPV6]:PORT or unix:/PATH");
  }
  if (text.find(':', colon + 1) != std::string_view::npos) {
    return failure(quoted(text) +
                   " has more than one colon; an IPv6 address needs brackets: [IPV6]:PORT");
  }
  const std::string_view host = text.substr(0, colon);
  if (std::string error = check_host(host); !error.empty()) return failure(std::move(error));
  return with_port(host, text.substr(colon + 1));
}

bool is_zone(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_name_char);
}

Address address_of(std::string_view text) {
  ParsedAddress parsed = parse_address(text);
  if (!parsed) throw std::invalid_argument(parsed.error);
  return std::move(parsed.address);
}

std::string to_string(const Address& address) {
  if (const auto* unix_path = std::get_if<UnixPath>(&address)) {
    return std::string{unix_prefix} + unix_path->path;
  }
  const auto& [host, port] = std::get<HostPort>(address);
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

}  // namespace streams
