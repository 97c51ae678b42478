// The option --proxy, which several subcommands have: v1 or v2, and for whom. Pure but for the
// parser of the command line.
#pragma once

#include <optional>
#include <string_view>

#include <CLI/CLI.hpp>

#include "client/proxy.hpp"
#include "streams/text/units.hpp"

namespace client::command_line {

/// Reads `v1` or `v2`, and behind a = an IPv4 or IPv6 address, with a port or without:
/// v2=203.0.113.7:51512, v1=2001:db8::7, v1=[2001:db8::7]:51512.
text::Parsed<Proxy> parse_proxy(std::string_view text);

CLI::Option* add_proxy(CLI::App& app, std::optional<Proxy>& proxy);

}  // namespace client::command_line
