// Static probes (USDT) of the daemon, for bpftrace, perf and systemtap: each is a `nop` until
// somebody attaches, and its arguments are what lies at hand anyway. `tplist` and `readelf -n` list
// them. Off where <sys/sdt.h> is missing.
//
//     echoline:accept          id, descriptor
//     echoline:session_begin   id
//     echoline:session_end     id, bytes received, bytes sent, nanoseconds
//     echoline:line            bytes, without the line end
//     echoline:stall           id, bytes unsent
//     echoline:drained         id
//     echoline:slow_callback   nanoseconds
#pragma once

#if __has_include(<sys/sdt.h>)
#include <sys/sdt.h>
#define ECHOLINE_PROBE1(name, a) DTRACE_PROBE1(echoline, name, a)
#define ECHOLINE_PROBE2(name, a, b) DTRACE_PROBE2(echoline, name, a, b)
#define ECHOLINE_PROBE4(name, a, b, c, d) DTRACE_PROBE4(echoline, name, a, b, c, d)
#else
#define ECHOLINE_PROBE1(name, a) static_cast<void>(0)
#define ECHOLINE_PROBE2(name, a, b) static_cast<void>(0)
#define ECHOLINE_PROBE4(name, a, b, c, d) static_cast<void>(0)
#endif
