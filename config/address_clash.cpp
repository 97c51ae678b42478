#include "config/address_clash.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <variant>

#include "config/error.hpp"
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

/// Where a listener listens, read once: a path, or an endpoint as written, or a name and its port.
struct Target {
  std::string path;
  std::optional<Endpoint> literal;
  std::string name;
  std::uint16_t port = 0;
  bool ipv6_only = false;
};

Target target_of(const Listener& listener) {
  Target target;
  const streams::ParsedAddress parsed = streams::parse_address(listener.address);
  if (!parsed) return target;
  if (const auto* const path = std::get_if<UnixPath>(&parsed.address)) {
    target.path = canonical_path(path->path);
    return target;
  }
  const auto& address = std::get<HostPort>(parsed.address);
  target.literal = Endpoint::of_literal(address);
  if (!target.literal) target.name = canonical_name(address.host);
  target.port = address.port;
  target.ipv6_only = is_ipv6_only(listener);
  return target;
}

bool clash_with_name(const Target& literal, const std::string& name) {
  if (takes_ipv4_too(*literal.literal, literal.ipv6_only)) return true;
  if (name != "localhost") return false;
  const auto localhost = Endpoint::of_literal({"127.0.0.1", literal.port});
  return endpoints_clash(*literal.literal, literal.ipv6_only, *localhost, false);
}

bool clash(const Target& one, const Target& other) {
  if (one.port != other.port) return false;
  // systemd, or a path.
  if (one.port == 0) return !one.path.empty() && one.path == other.path;
  if (one.literal && other.literal) {
    return endpoints_clash(*one.literal, one.ipv6_only, *other.literal, other.ipv6_only);
  }
  if (one.literal) return clash_with_name(one, other.name);
  if (other.literal) return clash_with_name(other, one.name);
  return one.name == other.name;
}

/// Clashes with what is not like it, too.
bool is_broad(const Target& target) {
  return (target.literal && target.literal->is_unspecified()) || target.name == "localhost";
}

/// The targets of one port. Of thousands, nearly all can only clash with their like.
class Seen {
 public:
  /// The first that clashes with `target`.
  std::optional<std::size_t> find(const Target& target, const std::vector<Target>& targets) const {
    std::optional<std::size_t> first;
    const auto is_clash = [&](std::size_t i) { return clash(targets[i], target); };
    const std::vector<std::size_t>& unlike = is_broad(target) ? all_ : broad_;
    const auto other = std::find_if(unlike.begin(), unlike.end(), is_clash);
    if (other != unlike.end()) first = *other;
    const auto same = alike_.find(key(target));
    if (same != alike_.end()) first = std::min(first.value_or(same->second), same->second);
    return first;
  }
  void add(const Target& target, std::size_t index) {
    all_.push_back(index);
    if (is_broad(target)) broad_.push_back(index);
    alike_.emplace(key(target), index);
  }

 private:
  static std::string key(const Target& target) {
    if (!target.path.empty()) return target.path;
    return target.literal ? target.literal->to_string() : target.name;
  }

  std::vector<std::size_t> all_;
  std::vector<std::size_t> broad_;
  std::map<std::string, std::size_t> alike_;
};

}  // namespace

bool is_ipv6_only(const Listener& listener) {
  if (listener.ipv6_only != Ipv6Only::automatic) return listener.ipv6_only == Ipv6Only::yes;
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
  return clash(target_of(one), target_of(other));
}

std::vector<Clash> clashes(std::span<const Listener> listeners) {
  std::vector<Clash> found;
  std::vector<Target> targets;
  std::map<std::uint16_t, Seen> ports;  // paths have port 0
  for (const Listener& listener : listeners) {
    const Target& target = targets.emplace_back(target_of(listener));
    if (target.port == 0 && target.path.empty()) continue;
    const std::size_t index = targets.size() - 1;
    Seen& seen = ports[target.port];
    if (const auto earlier = seen.find(target, targets)) found.push_back({index, *earlier});
    seen.add(target, index);
  }
  return found;
}

std::string clash_text(const Listener& listener, const Listener& earlier, std::string_view place) {
  return "the address " + config::quoted(listener.address) + " of the listener " +
         config::quoted(listener.name) + " is taken by the listener " +
         config::quoted(earlier.name) + std::string{place} + ", which has " +
         config::quoted(earlier.address) + "; addresses must differ";
}

std::string address_key(const Listener& listener) {
  const Target target = target_of(listener);
  if (!target.path.empty()) return "unix:" + target.path;
  if (target.port == 0) return {};
  std::string key = target.literal ? target.literal->to_string()
                                   : streams::to_string(HostPort{target.name, target.port});
  // To the others it makes no difference.
  const bool asks =
      !target.literal || (target.literal->family() == AF_INET6 && target.literal->is_unspecified());
  if (asks && target.ipv6_only) key += " IPv6 only";
  return key;
}

}  // namespace config
