// encode: a header of the PROXY protocol as a proxy sends it. A pure function, any thread.
#pragma once

#include <string>

#include "streams/proxy_header/header.hpp"

namespace proxy_header {

/// The bytes of `header`. Of a source and a destination of different families the IPv4 one is
/// written as IPv6; where one is no IP address, it is the unspecified address of the other's
/// family. Version 1 has no word for a proxy's own connection, nor for one on a Unix socket: both
/// are UNKNOWN. A Unix socket's path is not told.
std::string encode(Version version, const Header& header);

}  // namespace proxy_header
