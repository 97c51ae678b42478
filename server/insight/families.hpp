// Every Family of the daemon, in the order in which STATS and a scrape tell them, on which people's
// scripts may count. The manual's table, echolined-metrics(7), repeats it under a test.
#pragma once

#include <array>

#include "server/insight/family.hpp"

namespace server::insight::families {

/// 1 us to 17 s.
inline constexpr Buckets quick{0, 1, 25};
/// 1 ms to 19 hours.
inline constexpr Buckets slow{10, 2, 14};

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
    "connections_total", Kind::counter, things, "Connections accepted for service"};
inline constexpr Family connections_refused{
    "connections_refused_total", Kind::counter, things,
    "Connections refused, by why"};
inline constexpr Family connections_timed_out{
    "connections_timed_out_total", Kind::counter, things,
    "Connections whose time was over, by a limit of their listener"};
inline constexpr Family connections_failed{
    "connections_failed_total", Kind::counter, things,
    "Connections that an error in the server ended"};
inline constexpr Family sessions_shed{
    "sessions_shed_total", Kind::counter, things,
    "Sessions that were ended because all buffers together took more than max_memory"};
inline constexpr Family accept_errors{
    "accept_errors_total", Kind::counter, things, "Failures to accept a connection"};
inline constexpr Family bytes_received{
    "bytes_received_total", Kind::counter, bytes, "Bytes received from clients"};
inline constexpr Family bytes_sent{
    "bytes_sent_total", Kind::counter, bytes, "Bytes sent to clients"};

inline constexpr Family sessions_ended{
    "sessions_ended_total", Kind::counter, things, "Sessions that ended, by why"};
inline constexpr Family faults{
    "faults_total", Kind::counter, things, "Faults that sessions met because they were asked for, by kind"};
inline constexpr Family session{
    "session_seconds", Kind::histogram, microseconds, "Length of sessions that ended", slow};
inline constexpr Family connections_waiting{
    "connections_waiting", Kind::gauge, things,
    "Connections in the kernel's backlog, as of the last second"};
inline constexpr Family backlog{
    "backlog_max", Kind::gauge, things, "Connections that the kernel's backlog takes"};
inline constexpr Family limit_reached{
    "limit_reached_total", Kind::counter, things,
    "How often the last place was taken"};
inline constexpr Family limit_time{
    "limit_reached_seconds_total", Kind::counter, microseconds,
    "How long all places were taken"};
inline constexpr Family first_byte{
    "first_byte_seconds", Kind::histogram, microseconds,
    "From a connection's acceptance to its client's first byte", quick};
inline constexpr Family request{
    "request_seconds", Kind::histogram, microseconds,
    "From the wake-up for a request to the end of the turn that answered it, of one wake-up in 64",
    quick};
inline constexpr Family sessions_stalled{
    "sessions_stalled", Kind::gauge, things,
    "Sessions that wait for a client that reads slowly"};
inline constexpr Family drain{
    "drain_seconds", Kind::histogram, microseconds,
    "How long a session waited for a client that reads slowly, each time, once it is over",
    quick};
inline constexpr Family high_water{
    "high_water_seconds", Kind::histogram, microseconds,
    "How long a session that did so waited altogether", slow};
inline constexpr Family tcp_rtt{
    "tcp_rtt_seconds", Kind::histogram, microseconds,
    "Smoothed round-trip time, of sessions that end and of some that go on", quick};
inline constexpr Family tcp_min_rtt{
    "tcp_min_rtt_seconds", Kind::histogram, microseconds,
    "Shortest round-trip time, of the same", quick};
inline constexpr Family tcp_delivery_rate{
    "tcp_delivery_rate_bytes_per_second", Kind::histogram, bytes_per_second,
    "Rate at which the client's kernel took bytes, of the same", {10, 2, 13}};
inline constexpr Family tcp_retransmits{
    "tcp_retransmitted_segments", Kind::histogram, things,
    "Segments that a session that ended had to send again", {0, 2, 8}};

inline constexpr Family loop_lag{
    "loop_lag_seconds", Kind::histogram, microseconds,
    "How late a loop's timer rang, ten times a second", quick};
inline constexpr Family slow_callbacks{
    "slow_callbacks_total", Kind::counter, things,
    "Callbacks that held their loop for longer than slow_callback"};
inline constexpr Family events_per_wakeup{
    "loop_events_per_wakeup", Kind::histogram, things,
    "Events that a loop got at once, of one wake-up in 64", {0, 1, 9}};
inline constexpr Family buffers_lent{
    "buffers_lent", Kind::gauge, things,
    "Buffers of 64 KiB that connections hold, ten times a second"};

inline constexpr Family buffer_memory{
    "buffer_memory_bytes", Kind::gauge, bytes,
    "Memory of the buffers of all connections, those kept for the next included"};
inline constexpr Family buffer_memory_max{
    "buffer_memory_max_bytes", Kind::gauge, bytes, "What that may come to, max_memory"};
inline constexpr Family memory_paused{
    "memory_paused_seconds_total", Kind::counter, microseconds,
    "How long nobody was read who would have needed another buffer"};
inline constexpr Family log_lines_dropped{
    "log_lines_dropped_total", Kind::counter, things,
    "Lines that the log dropped, because nobody took them or for want of memory"};
inline constexpr Family build{
    "build_info", Kind::info, things, "The program's version and compiler"};
inline constexpr Family cpu_time{
    "process_cpu_seconds_total", Kind::counter, microseconds,
    "Processor time used, in user and system mode"};
inline constexpr Family resident_memory{
    "process_resident_memory_bytes", Kind::gauge, bytes, "Resident memory"};
inline constexpr Family virtual_memory{
    "process_virtual_memory_bytes", Kind::gauge, bytes, "Virtual memory"};
inline constexpr Family open_files{
    "process_open_fds", Kind::gauge, things, "Open file descriptors, from Linux 6.2 on"};
inline constexpr Family max_files{
    "process_max_fds", Kind::gauge, things, "File descriptors that may be open at once"};
inline constexpr Family start_time{
    "process_start_time_seconds", Kind::gauge, {"seconds", 2},
    "When the process started, in seconds since 1970"};

inline constexpr std::array all{
    uptime, workers, connections_max, connections_active, connections, connections_refused,
    connections_timed_out, connections_failed, accept_errors, bytes_received, bytes_sent,
    sessions_ended, faults, session, connections_waiting, backlog, limit_reached, limit_time, first_byte,
    request, sessions_stalled, drain, high_water, tcp_rtt, tcp_min_rtt, tcp_delivery_rate, tcp_retransmits,
    loop_lag, slow_callbacks, events_per_wakeup, buffers_lent,
    sessions_shed, buffer_memory, buffer_memory_max, memory_paused,
    log_lines_dropped, build, cpu_time, resident_memory, virtual_memory, open_files, max_files, start_time,
};
// clang-format on

}  // namespace server::insight::families
