// What a header of the PROXY protocol says (proxy-protocol.txt of HAProxy, versions 1 and 2): for
// whom a proxy has made the connection. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "streams/endpoint.hpp"

namespace proxy_header {

/// How a header is written.
enum class Version : std::uint8_t {
  v1,  ///< a line of text
  v2   ///< binary
};

struct Header {
  enum class Kind : std::uint8_t {
    proxied,  ///< for `source`, which had connected to `destination`
    local,    ///< the proxy's own, such as a health check
    unknown   ///< the proxy cannot say, or the client's protocol is none that connects
  };
  Kind kind = Kind::unknown;
  /// The client, with `proxied`, and where it had connected to. A Unix socket is only named.
  streams::Endpoint source;
  streams::Endpoint destination;
};

inline constexpr std::size_t max_line = 107;  ///< bytes of version 1, its CR LF included
/// Bytes of version 2 in all. Its length field allows four times as much; this is what HAProxy's
/// buffers allow.
inline constexpr std::size_t max_size = 16 * 1024;

}  // namespace proxy_header
