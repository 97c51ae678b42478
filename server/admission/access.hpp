// Who may connect, by address: what the lists of [access] say of a peer. Pure functions on what is
// constant while a listener serves; any thread, so that a session may ask of an address that it
// has learnt from a proxy.
#pragma once

#include <optional>

#include "config/config.hpp"
#include "streams/endpoint.hpp"
#include "streams/text/network.hpp"

namespace server::admission {

/// The peer's IP address; nothing for a Unix socket's, which has none.
inline std::optional<text::IpAddress> address_of(const streams::Endpoint& peer) noexcept {
  const auto bytes = peer.ip();
  if (!bytes) return std::nullopt;
  return text::IpAddress(*bytes);
}

/// Whether there is anything to ask of a peer.
bool asks_anything(const config::Access& access) noexcept;
/// Whether the lists let the address in. Of the networks that it is in the longest prefix decides;
/// of two that are as long, the one that denies; a list of who may connect is a list of all who
/// may.
bool is_allowed(const config::Access& access, const text::IpAddress& address) noexcept;
/// Whoever has no IP address is let in.
bool is_allowed(const config::Access& access, const streams::Endpoint& peer) noexcept;

}  // namespace server::admission
