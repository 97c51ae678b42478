// What the daemon is told to do, as plain values. Filled by load() or left at the defaults, which
// stand here and nowhere else (config/echoline.toml repeats them under a test). Immutable once the
// server runs; every thread may read it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace config {

/// What happens to a connection that arrives when `max_connections` are being served.
enum class AtLimit {
  wait,   ///< it stays in the kernel's backlog until one leaves
  refuse  ///< it is accepted, told why where the protocol has words for it, and closed
};

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

/// Bounds on what peers may make the server hold. Each can be overridden per listener.
struct Limits {
  /// Connections served at once, 1 to 1,000,000. In [limits] the whole server's; in a listener that
  /// listener's own, within the server's.
  std::size_t max_connections = 10'000;
  AtLimit at_limit = AtLimit::wait;
  /// A connection without a byte in either direction for this long is closed; 0 is never, a year
  /// (8760 h) the longest.
  std::chrono::milliseconds idle_timeout = std::chrono::minutes{10};
  /// Longest line that the line protocol takes, in bytes without its line end, 64 to 1 MiB.
  std::size_t max_line = 8192;
  /// Unsent output above which a connection is not read any more, in bytes, 4 KiB to 64 MiB.
  std::size_t high_water = 64 * 1024;
  /// Unsent output at which reading goes on, in bytes, at most `high_water`.
  std::size_t low_water = 16 * 1024;

  bool operator==(const Limits&) const = default;
};

struct Log {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;

  bool operator==(const Log&) const = default;
};

struct Listener {
  std::string name;      ///< unique, not empty, without control characters; appears in logs
  std::string protocol;  ///< a protocol's name as in the server's table
  /// HOST:PORT, [IPV6]:PORT or unix:/PATH; port 0 takes any free one. Or inherited_address.
  std::string address;
  int backlog = 4096;  ///< listen(2), 1 to 65535
  Limits limits;       ///< [limits] with this listener's overrides applied

  bool operator==(const Listener&) const = default;
};

struct Config {
  unsigned workers = 0;  ///< event loops, one thread each, 0 to 256; 0 is one per core
  /// How long a stopping server waits for its connections before it aborts them; at most 8760 h.
  std::chrono::milliseconds shutdown_grace = std::chrono::seconds{10};
  /// How long a loop spins before it sleeps; 0 is not at all, at most 1 s. Buys latency with CPU.
  std::chrono::microseconds busy_poll{0};
  /// Debug mode: warn of a callback that holds its loop for so long; 0 is off, at most 1 min.
  std::chrono::microseconds slow_callback{0};
  Limits limits;
  Log log;
  std::vector<Listener> listeners = default_listeners();

  bool operator==(const Config&) const = default;

  /// Echo on 127.0.0.1:7007 and the line protocol on 127.0.0.1:7008.
  static std::vector<Listener> default_listeners();
};

}  // namespace config
