// The keys of a configuration file, table by table, in the order in which they are documented.
#pragma once

#include <array>
#include <string_view>

namespace config {

inline constexpr std::array<std::string_view, 4> top_keys{"workers", "shutdown_grace", "busy_poll",
                                                          "slow_callback"};
inline constexpr std::array<std::string_view, 3> table_keys{"limits", "log", "listener"};
/// Each of these may also stand in a [[listener]].
inline constexpr std::array<std::string_view, 6> limits_keys{
    "max_connections", "at_limit", "idle_timeout", "max_line", "high_water", "low_water"};
inline constexpr std::array<std::string_view, 2> log_keys{"level", "format"};
inline constexpr std::array<std::string_view, 4> listener_keys{"name", "protocol", "address",
                                                               "backlog"};

}  // namespace config
