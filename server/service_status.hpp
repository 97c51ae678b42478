// The daemon in one line, as `systemctl status` shows it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace server {

/// How long a status may get, in bytes: the service manager takes 4096 in a message and drops one
/// that is longer.
inline constexpr std::size_t max_service_status = 1024;

/// `state`, then `listeners`, each as "NAME ADDRESS", then `connections`; without the parts that
/// are empty: `echo 127.0.0.1:7007, line 127.0.0.1:7008; 12 connections`. Listeners beyond the
/// limit are counted; a state that is too long is cut.
std::string service_status(std::string_view state, std::span<const std::string> listeners,
                           std::uint64_t connections);

}  // namespace server
