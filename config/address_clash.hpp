// Which addresses cannot both be listened on, and which are one address spelt in two ways. Looks no
// names up, but follows the symbolic links of a path. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "streams/endpoint.hpp"

namespace config {

/// Whether IPv6 sockets of this listener leave IPv4 alone: those of a name do, because the name has
/// its IPv4 addresses too; [::] as written is every interface.
bool is_ipv6_only(const Listener& listener);

/// Whether two sockets exclude one another. Ports that the kernel picks never do.
bool endpoints_clash(const streams::Endpoint& one, bool one_is_ipv6_only,
                     const streams::Endpoint& other, bool other_is_ipv6_only) noexcept;

/// Whether two listeners certainly do. A name's addresses are unknown here, except that localhost
/// has 127.0.0.1 and that a wildcard of both families leaves no name anything.
bool addresses_clash(const Listener& one, const Listener& other);

struct Clash {
  std::size_t index;    ///< of a listener
  std::size_t earlier;  ///< of the first before it that it clashes with
};
std::vector<Clash> clashes(std::span<const Listener> listeners);

/// What is wrong then, with both named; `place` says where `earlier` stands, as in " at line 3".
std::string clash_text(const Listener& listener, const Listener& earlier, std::string_view place);

/// Equal where a listener of another configuration can go on with the socket: for one address,
/// however it is spelt, that takes the same families. Empty if the kernel picks the port or
/// `listener` has no address of its own.
std::string address_key(const Listener& listener);

}  // namespace config
