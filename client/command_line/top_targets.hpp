// The targets of `echoline top`: those that target.hpp reads, and URLs of HTTP. Pure but for the
// look at the file system that no target at all means. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/top/poller.hpp"
#include "streams/text/units.hpp"

namespace client::command_line {

/// Where the service has its admin socket.
inline constexpr std::string_view usual_admin_socket = "/run/echoline/admin.sock";

/// All of `words`, or the first error. `http://HOST[:PORT][/PATH]` is one whose metrics are asked
/// for over HTTP, at /metrics where it names no path.
text::Parsed<std::vector<top::Target>> parse_top_targets(std::span<const std::string> words);

/// The target of those who gave none: a Unix socket at `path`, or where there is none what to do.
text::Parsed<top::Target> default_top_target(std::string_view path = usual_admin_socket);

}  // namespace client::command_line
