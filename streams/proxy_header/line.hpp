// The line of version 1, PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008, as text and as values. Pure
// functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "streams/proxy_header/fault.hpp"
#include "streams/proxy_header/header.hpp"

namespace proxy_header {

/// Reads what stands behind PROXY, up to the CR LF and without it, into `header`.
Fault read_line(std::string_view fields, Header& header);

/// The whole line, for two addresses of IPv4 or IPv6; if they differ in that, the IPv4 one is
/// written as IPv6.
std::string write_line(const streams::Endpoint& source, const streams::Endpoint& destination);

/// What stands in its place where there are none.
inline constexpr std::string_view unknown_line = "PROXY UNKNOWN\r\n";

}  // namespace proxy_header
