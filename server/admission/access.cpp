#include "server/admission/access.hpp"

namespace server::admission {

bool asks_anything(const config::Access& access) noexcept {
  return !access.allow.empty() || !access.deny.empty() || access.max_per_source != 0 ||
         access.connect_rate_per_source != 0 || access.connect_rate != 0;
}

bool is_allowed(const config::Access& access, const text::IpAddress& address) noexcept {
  const std::optional<unsigned> denied = access.deny.longest_match(address);
  if (access.allow.empty()) return !denied;
  const std::optional<unsigned> allowed = access.allow.longest_match(address);
  return allowed && (!denied || *allowed > *denied);
}

bool is_allowed(const config::Access& access, const streams::Endpoint& peer) noexcept {
  const std::optional<text::IpAddress> address = address_of(peer);
  return !address || is_allowed(access, *address);
}

}  // namespace server::admission
