#include "config/address_clash.hpp"

#include <filesystem>
#include <optional>
#include <system_error>
#include <variant>

#include "streams/address.hpp"

namespace config {
namespace {

using streams::Endpoint;
using streams::HostPort;
using streams::UnixPath;

// The folder's, and of that what exists: a link at the path itself is not followed by bind(2).
std::string canonical_path(const std::string& text) {
  const std::filesystem::path path(text);
  std::error_code ec;
  const auto folder = std::filesystem::weakly_canonical(path.parent_path(), ec);
  if (ec || !path.has_filename()) return path.lexically_normal().string();
  return (folder / path.filename()).string();
}

// A name without its root's dot and in small letters.
std::string canonical_name(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

bool takes_ipv4_too(const Endpoint& endpoint, bool ipv6_only) noexcept {
  return endpoint.family() == AF_INET6 && endpoint.is_unspecified() && !ipv6_only;
}

bool clash_with_name(const Endpoint& endpoint, bool ipv6_only, const std::string& name) {
  if (takes_ipv4_too(endpoint, ipv6_only)) return true;
  if (canonical_name(name) != "localhost") return false;
  const auto localhost = Endpoint::of_literal({"127.0.0.1", endpoint.port()});
  return endpoints_clash(endpoint, ipv6_only, *localhost, false);
}

}  // namespace

bool is_ipv6_only(const Listener& listener) {
  const streams::ParsedAddress parsed = streams::parse_address(listener.address);
  const auto* const address = std::get_if<HostPort>(&parsed.address);
  return address != nullptr && address->host.find(':') == std::string::npos;
}

bool endpoints_clash(const Endpoint& one, bool one_is_ipv6_only, const Endpoint& other,
                     bool other_is_ipv6_only) noexcept {
  if (one.port() == 0 || one.port() != other.port()) return false;
  if (one.family() == other.family()) {
    return one.is_unspecified() || other.is_unspecified() || one == other;
  }
  return takes_ipv4_too(one, one_is_ipv6_only) || takes_ipv4_too(other, other_is_ipv6_only);
}

bool addresses_clash(const Listener& one, const Listener& other) {
  const streams::ParsedAddress first = streams::parse_address(one.address);
  const streams::ParsedAddress second = streams::parse_address(other.address);
  if (!first || !second || first.address.index() != second.address.index()) return false;
  if (const auto* const path = std::get_if<UnixPath>(&first.address)) {
    return canonical_path(path->path) == canonical_path(std::get<UnixPath>(second.address).path);
  }
  const auto& a = std::get<HostPort>(first.address);
  const auto& b = std::get<HostPort>(second.address);
  if (a.port == 0 || a.port != b.port) return false;
  const std::optional<Endpoint> literal_a = Endpoint::of_literal(a);
  const std::optional<Endpoint> literal_b = Endpoint::of_literal(b);
  if (literal_a && literal_b) {
    return endpoints_clash(*literal_a, is_ipv6_only(one), *literal_b, is_ipv6_only(other));
  }
  if (literal_a) return clash_with_name(*literal_a, is_ipv6_only(one), b.host);
  if (literal_b) return clash_with_name(*literal_b, is_ipv6_only(other), a.host);
  return canonical_name(a.host) == canonical_name(b.host);
}

std::string address_key(const Listener& listener) {
  const streams::ParsedAddress parsed = streams::parse_address(listener.address);
  if (!parsed) return {};
  if (const auto* const path = std::get_if<UnixPath>(&parsed.address)) {
    return "unix:" + canonical_path(path->path);
  }
  const auto& address = std::get<HostPort>(parsed.address);
  if (address.port == 0) return {};
  const std::optional<Endpoint> literal = Endpoint::of_literal(address);
  std::string key = literal
                        ? literal->to_string()
                        : streams::to_string(HostPort{canonical_name(address.host), address.port});
  // To the others it makes no difference.
  const bool asks = !literal || (literal->family() == AF_INET6 && literal->is_unspecified());
  if (asks && is_ipv6_only(listener)) key += " IPv6 only";
  return key;
}

}  // namespace config
