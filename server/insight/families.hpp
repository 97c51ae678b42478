// Every Family of the daemon, in the order in which STATS and a scrape tell them, on which people's
// scripts may count. The manual page's table repeats it under a test.
#pragma once

#include <array>

#include "server/insight/family.hpp"

namespace server::insight::families {

// clang-format off
inline constexpr Family uptime{
    "uptime_seconds", Kind::gauge, whole_seconds, "Time since the server started"};
inline constexpr Family workers{
    "workers", Kind::gauge, things, "Event loops, one thread each"};
inline constexpr Family connections_max{
    "connections_max", Kind::gauge, things, "Connections served at once, at most"};
inline constexpr Family connections_active{
    "connections_active", Kind::gauge, things, "Connections being served"};
inline constexpr Family connections{
    "connections_total", Kind::counter, things, "Connections served so far"};
inline constexpr Family connections_refused{
    "connections_refused_total", Kind::counter, things, "Connections refused"};
inline constexpr Family connections_timed_out{
    "connections_timed_out_total", Kind::counter, things, "Connections closed for being idle"};
inline constexpr Family connections_failed{
    "connections_failed_total", Kind::counter, things,
    "Connections that an error of the server ended"};
inline constexpr Family accept_errors{
    "accept_errors_total", Kind::counter, things, "Errors of accept(2)"};
inline constexpr Family bytes_received{
    "bytes_received_total", Kind::counter, bytes, "Bytes received from clients"};
inline constexpr Family bytes_sent{
    "bytes_sent_total", Kind::counter, bytes, "Bytes sent to clients"};
// clang-format on

inline constexpr std::array all{
    uptime,
    workers,
    connections_max,
    connections_active,
    connections,
    connections_refused,
    connections_timed_out,
    connections_failed,
    accept_errors,
    bytes_received,
    bytes_sent,
};

}  // namespace server::insight::families
