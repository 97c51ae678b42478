// The table of all keys of a configuration file, in the order in which they are documented. A
// protocol's own keys are in its row of the table of protocols.
#pragma once

#include <array>
#include <chrono>

#include "config/key.hpp"
#include "streams/socket_options.hpp"

namespace config {

/// A year, so that a deadline counted from now in nanoseconds stays in range.
inline constexpr std::chrono::hours max_wait{8760};
/// A few, so that the descriptors for them can be kept free.
inline constexpr std::int64_t max_own_connections = 64;
inline constexpr std::int64_t kib = 1024;
inline constexpr std::int64_t mib = 1024 * kib;

inline constexpr std::array keys{
    integer<&Config::workers>("workers", 0, 256, "event loops, one thread each; 0 is one per core"),
    duration<&Config::shutdown_grace>("shutdown_grace", {}, max_wait,
                                      "how long a stop waits for connections to end"),
    duration<&Config::busy_poll>("busy_poll", {}, std::chrono::seconds{1},
                                 "spin this long before sleeping: less delay, more CPU"),
    duration<&Config::slow_callback>("slow_callback", {}, std::chrono::minutes{1},
                                     "debug: report what blocks a loop this long; 0 is off"),

    integer<&Limits::max_connections>("max_connections", 1, 1'000'000, "served at once"),
    choice<&Limits::at_limit>("at_limit", at_limit_words,
                              R"(further ones "wait" in the backlog, or "refuse")"),
    duration<&Limits::idle_timeout>("idle_timeout", {}, max_wait,
                                    "close what is silent this long; 0 is never"),
    duration<&Limits::first_byte_timeout>("first_byte_timeout", {}, max_wait,
                                          "close what says nothing at first; 0 is never"),
    duration<&Limits::line_timeout>("line_timeout", {}, max_wait,
                                    "how long one line may take; 0 is for ever"),
    duration<&Limits::drain_timeout>("drain_timeout", {}, max_wait,
                                     "reset who takes no output this long; 0 is never"),
    duration<&Limits::max_session_time>("max_session_time", {}, max_wait,
                                        "close what has lasted this long; 0 is never"),
    duration<&Limits::close_timeout>("close_timeout", {}, std::chrono::hours{1},
                                     "how long a closing peer may make no progress"),
    size<&Limits::min_close_rate>("min_close_rate", 0, 64 * mib,
                                  "bytes/s that a closing peer must move; 0 is any"),
    size<&Limits::receive_rate>("receive_rate", 0, 1024 * 1024 * mib,
                                "bytes/s taken of each connection; 0 is any"),
    size<&Limits::send_rate>("send_rate", 0, 1024 * 1024 * mib,
                             "bytes/s sent on each connection; 0 is any"),
    size<&Limits::high_water>("high_water", 4 * kib, 64 * mib,
                              "stop reading a peer with this much unsent to it"),
    size<&Limits::low_water>("low_water", 0, 64 * mib,
                             "resume when this much is left; at most high_water"),

    size<&Budget::max_memory>("max_memory", 0, 1024 * 1024 * mib,
                              "for all buffers; 0 is a quarter of the memory"),

    networks<&Access::allow>("allow", R"(who may connect, as in "192.0.2.0/24"; [] is everybody)"),
    networks<&Access::deny>("deny", "who may not; the longest prefix that has an address decides"),
    integer<&Access::max_per_source>("max_per_source", 0, 1'000'000,
                                     "of one source, served at once; 0 is any number"),
    integer<&Access::source_prefix>("source_prefix", 1, 128,
                                    "bits of an IPv6 address that make a source"),
    integer<&Access::connect_rate_per_source>("connect_rate_per_source", 0, 1'000'000,
                                              "new ones a second of a source; 0 is any number"),
    integer<&Access::connect_burst_per_source>("connect_burst_per_source", 1, 1'000'000,
                                               "so many at once above that"),
    integer<&Access::connect_rate>("connect_rate", 0, 1'000'000,
                                   "new ones a second in all; 0 is any number"),
    integer<&Access::connect_burst>("connect_burst", 1, 1'000'000, "so many at once above that"),

    duration<&streams::SocketOptions::keepalive>("keepalive", {}, streams::longest_keepalive,
                                                 "probe a peer that is silent this long; 0 is off"),
    duration<&streams::SocketOptions::user_timeout>(
        "user_timeout", {}, std::chrono::hours{24},
        "longest without acknowledgement; 0 is the system's"),
    size<&streams::SocketOptions::rcvbuf>("rcvbuf", 0, streams::largest_buffer,
                                          "receive buffer; 0 is the system's, which adapts it"),
    size<&streams::SocketOptions::sndbuf>("sndbuf", 0, streams::largest_buffer,
                                          "send buffer; 0 is the system's, which adapts it"),
    dscp<&streams::SocketOptions::dscp>("dscp",
                                        R"(class of what is sent: "ef", "af41" or a number)"),
    integer<&streams::SocketOptions::mss>("mss", 0, streams::most_mss,
                                          "longest segment, from 88; 0 is the path's"),
    choice<&streams::SocketOptions::nodelay>("nodelay", switch_words,
                                             "true: small segments wait for nothing; or false"),
    string<&streams::SocketOptions::device>("device",
                                            R"(only through this network interface; "" is any)"),

    choice<&Log::level>("level", log_level_words, R"("debug", "info", "warning" or "error")"),
    choice<&Log::format>("format", log_format_words, R"("text" or "json")"),
    choice<&Log::sessions>("sessions", log_sessions_words,
                           R"(a line for "all" connections, those that "failed", or "none")"),

    string<&Listener::name>("name", "unique, for the log; the protocol's name if left out"),
    string<&Listener::protocol>("protocol", "the protocol to serve; see echoline-protocol(7)"),
    string<&Listener::address>("address", "HOST:PORT, [IPV6]:PORT, unix:/PATH or systemd"),
    printed_always(integer<&Listener::backlog>(
        "backlog", 1, 65535, "connections the kernel keeps waiting; not systemd's")),
    choice<&Listener::ipv6_only>("ipv6_only", ipv6_only_words,
                                 R"("auto": no IPv4 on a name's IPv6 sockets; or true, false)"),
    string<&Listener::mode>("mode", R"(of a unix: socket, as "0660"; "" leaves it to the umask)"),
    string<&Listener::group>("group", R"(of a unix: socket, one of the daemon's; "" is its first)"),
    choice<&Listener::log_sessions>(
        "log_sessions", log_sessions_words,
        R"(as sessions of [log], for this listener: "all", "failed" or "none")"),
    networks<&Listener::proxy>("proxy",
                               "proxies, which send a PROXY header; nobody else may connect"),
    duration<&Listener::proxy_timeout>("proxy_timeout", std::chrono::milliseconds{1},
                                       std::chrono::hours{1},
                                       "how long that header may take to come"),

    choice<&Listener::keep_ended>(
        "keep_ended", switch_words,
        "true: ENDED tells what connections came to, with hashes; or false"),

    texts<&Listener::faults>("faults",
                             "how connections go wrong on purpose; see echoline-faults(7)"),
    string<&Listener::fault_plan>("fault_plan", R"(a file of such faults, one a line; "" is none)"),
    networks<&Listener::fault_sources>("fault_sources",
                                       "whose connections have them; nobody else's"),
    integer<&Listener::fault_seed>("fault_seed", 0, std::int64_t{1} << 53,
                                   "what is drawn follows from it; 0 is any"),
    choice<&Listener::fault_in_band>("fault_in_band", switch_words,
                                     "true: clients may ask for faults of their own; or false"),
    duration<&Listener::fault_max_time>("fault_max_time", {}, max_wait,
                                        "how long they may hold up either direction"),
    size<&Listener::fault_max_bytes>("fault_max_bytes", 0, 1024 * mib,
                                     "how much they may put into it"),

    string<&Admin::address>("address", R"(unix:/PATH, HOST:PORT or systemd; "" is --admin's)"),
    string<&Admin::mode>("mode", R"(of a unix: socket, as "0660"; "" leaves it to the umask)"),
    string<&Admin::group>("group", R"(of a unix: socket, one of the daemon's; "" is its first)"),
    integer<&Admin::max_connections>("max_connections", 1, max_own_connections,
                                     "beside those of [limits]; further ones are refused"),

    string<&Metrics::address>("address", R"(HOST:PORT, unix:/PATH or systemd; "" is off)"),
    string<&Metrics::mode>("mode", R"(of a unix: socket, as "0660"; "" leaves it to the umask)"),
    string<&Metrics::group>("group", R"(of a unix: socket, one of the daemon's; "" is its first)"),
    integer<&Metrics::max_connections>("max_connections", 1, max_own_connections,
                                       "beside those of [limits]; further ones are refused"),
};

}  // namespace config
