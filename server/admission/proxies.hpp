// Which peers are proxies, whose headers name clients. A pure function, any thread.
#pragma once

#include "server/admission/access.hpp"
#include "streams/endpoint.hpp"
#include "streams/text/network_set.hpp"

namespace server::admission {

/// Whether `peer` is in `proxies`. That of a Unix socket, which has no address, counts as
/// 127.0.0.1.
inline bool is_proxy(const text::NetworkSet& proxies, const streams::Endpoint& peer) noexcept {
  constexpr text::IpAddress this_host(
      text::IpAddress::Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1});
  return proxies.contains(address_of(peer).value_or(this_host));
}

}  // namespace server::admission
