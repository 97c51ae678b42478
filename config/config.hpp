// What the daemon is told to do, as plain values. Filled by load_file() or left at the defaults,
// which stand here and nowhere else (the sample and the manual page repeat them under a test);
// those of the protocols are in the table of protocols. The ranges are in keys.hpp. Immutable once
// the server runs; every thread may read it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "streams/faults/identity.hpp"
#include "streams/faults/plan.hpp"
#include "streams/socket_options.hpp"
#include "streams/text/network_set.hpp"

namespace config {

/// What happens to a connection that arrives when `max_connections` are being served.
enum class AtLimit {
  wait,   ///< it stays in the kernel's backlog until one leaves
  refuse  ///< it is accepted, told why where the protocol has words for it, and closed
};

/// Whether the IPv6 sockets of a listener leave IPv4 alone.
enum class Ipv6Only {
  automatic,  ///< for a name, which has its IPv4 addresses too; not for [::] as written
  no,
  yes
};

/// Whether the line protocol has commands for faults.
enum class InBand { no, yes };
/// Whether it is kept what connections came to.
enum class KeepEnded { no, yes };

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };
/// Which connections have a line in the log when they end.
enum class LogSessions {
  all,
  failed,  ///< those that something cut short
  none
};

/// The words for the enumerators, in their order.
inline constexpr std::array<std::string_view, 2> at_limit_words{"wait", "refuse"};
inline constexpr std::array<std::string_view, 2> switch_words{"false", "true"};
inline constexpr std::array<std::string_view, 3> ipv6_only_words{"auto", "false", "true"};
inline constexpr std::array<std::string_view, 4> log_level_words{"debug", "info", "warning",
                                                                 "error"};
inline constexpr std::array<std::string_view, 2> log_format_words{"text", "json"};
inline constexpr std::array<std::string_view, 3> log_sessions_words{"all", "failed", "none"};

/// A value without its type, as keys are read and printed: a number of the key's smallest unit
/// (bytes, microseconds, an enumerator's place), a text, networks, or texts.
using Setting = std::variant<std::int64_t, std::string, text::NetworkSet, std::vector<std::string>>;
/// What the protocols' own keys say, by name. The names live in the table of protocols.
using OptionValues = std::map<std::string_view, Setting>;

/// Bounds on what peers may make the server hold. Each can be overridden per listener.
struct Limits {
  /// Connections served at once. In [limits] the whole server's; in a listener that listener's own,
  /// within the server's.
  std::size_t max_connections = 10'000;
  AtLimit at_limit = AtLimit::wait;
  /// A connection without a byte in either direction for this long is closed; 0 is never.
  std::chrono::milliseconds idle_timeout = std::chrono::minutes{10};
  /// A connection on which nothing was said for so long after it was accepted is closed; 0 is
  /// never.
  std::chrono::milliseconds first_byte_timeout{0};
  /// How long a line may take from its first byte to its end, where lines are read; 0 is for ever.
  std::chrono::milliseconds line_timeout{0};
  /// A connection with unsent output of which its peer takes nothing for so long is reset; 0 is
  /// never.
  std::chrono::milliseconds drain_timeout{0};
  /// A connection that has lasted for so long is closed; 0 is never.
  std::chrono::milliseconds max_session_time{0};
  /// A connection that ends is not waited for any longer once its peer has made no progress for
  /// this long: acknowledged nothing, sent nothing.
  std::chrono::milliseconds close_timeout = std::chrono::seconds{5};
  /// Bytes a second that the peer of a connection that ends has to take or send; 0 is as many as
  /// close_timeout asks for.
  std::size_t min_close_rate = 0;
  /// Bytes a second that are taken from a peer, and that are sent to it, of each connection; 0 is
  /// any number.
  std::size_t receive_rate = 0;
  std::size_t send_rate = 0;
  /// Unsent output above which a connection is not read any more, in bytes.
  std::size_t high_water = 64 * 1024;
  /// Unsent output at which reading goes on, in bytes, at most `high_water`.
  std::size_t low_water = 16 * 1024;

  bool operator==(const Limits&) const = default;
};

/// A bound on all connections together.
struct Budget {
  /// What their buffers may take, in bytes, at least `least_memory`; 0 is a quarter of what the
  /// process may use.
  std::size_t max_memory = 0;

  bool operator==(const Budget&) const = default;
};
inline constexpr std::size_t least_memory = 1024 * 1024;

/// Who may connect, by IP address, and how often. Unix sockets know no addresses, and have none of
/// this. Each listener counts for itself and can override any of it.
struct Access {
  /// Who may connect; empty is everybody that `deny` has not.
  text::NetworkSet allow = {};
  /// Who may not. Of the networks of both that an address is in, the longest prefix decides; of two
  /// that are as long, the one that denies.
  text::NetworkSet deny = {};
  /// Connections that one source may have at once; 0 is any number.
  std::size_t max_per_source = 0;
  /// The first bits of an IPv6 address that make a source. Each IPv4 address is one.
  unsigned source_prefix = 64;
  /// New connections a second that one source may make; 0 is any number.
  std::uint32_t connect_rate_per_source = 0;
  /// How many it may make at once above that rate, after a pause that allows for them.
  std::uint32_t connect_burst_per_source = 10;
  /// The same of all sources together.
  std::uint32_t connect_rate = 0;
  std::uint32_t connect_burst = 10;

  bool operator==(const Access&) const = default;
};

struct Log {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  LogSessions sessions = LogSessions::all;

  bool operator==(const Log&) const = default;
};

struct Listener {
  std::string name;      ///< unique, not empty, without control characters; appears in logs
  std::string protocol;  ///< a protocol's name as in the server's table
  /// HOST:PORT, [IPV6]:PORT or unix:/PATH; port 0 takes any free one. Or inherited_address.
  std::string address;
  int backlog = 4096;  ///< listen(2)
  Ipv6Only ipv6_only = Ipv6Only::automatic;
  std::string mode = {};   ///< of a unix: socket, octal; empty is the umask's
  std::string group = {};  ///< of a unix: socket, a name or number; empty is the process's
  LogSessions log_sessions = LogSessions::all;  ///< [log]'s, or its own
  /// Proxies, whose connections begin with a header of the PROXY protocol; nobody else may connect
  /// then. Empty expects no header.
  text::NetworkSet proxy = {};
  /// How long it may take to come.
  std::chrono::milliseconds proxy_timeout = std::chrono::seconds{5};
  /// Whether ENDED of the admin protocol tells what its connections came to, with hashes.
  KeepEnded keep_ended = KeepEnded::no;
  /// How its connections go wrong on purpose, as they are written; or a file of that.
  std::vector<std::string> faults = {};
  std::string fault_plan = {};
  /// Whose connections do; nobody's else.
  text::NetworkSet fault_sources = {};
  /// What all that is drawn for them follows from; 0 is drawn at the start.
  std::int64_t fault_seed = 0;
  /// Whether clients may ask for faults of their own connections.
  InBand fault_in_band = InBand::no;
  /// How long faults may make one direction of a connection wait, altogether.
  std::chrono::milliseconds fault_max_time = std::chrono::minutes{1};
  /// How much they may put into it.
  std::size_t fault_max_bytes = 16 * 1024 * 1024;
  /// The faults of whichever it is, checked; no key.
  faults::Plan plan = {};
  /// Which connection's faults each of them has in place of its own, if so; no key.
  std::optional<faults::Identity> replay = {};
  Limits limits;                    ///< [limits] with this listener's overrides applied
  Access access = {};               ///< [access], likewise
  streams::SocketOptions tcp = {};  ///< [tcp] likewise; nothing of a unix: socket
  OptionValues options = {};        ///< of every protocol, also overridden here

  bool operator==(const Listener&) const = default;
};

/// The daemon's own business, each with a table of the file in place of a [[listener]].
enum class Own : std::uint8_t { admin, metrics };

/// Where that is to be had. Its connections have places of their own, beside `max_connections` of
/// the server.
template <Own>
struct OwnListener {
  std::string address = {};         ///< as a Listener's; empty is nowhere
  std::string mode = {};            ///< of a unix: socket, as a Listener's
  std::string group = {};           ///< likewise
  std::size_t max_connections = 8;  ///< served at once, 1 to 64; further ones are refused

  bool operator==(const OwnListener&) const = default;
};
using Admin = OwnListener<Own::admin>;
using Metrics = OwnListener<Own::metrics>;

struct Config {
  unsigned workers = 0;  ///< event loops, one thread each; 0 is one per core
  /// How long a stopping server waits for its connections before it aborts them.
  std::chrono::milliseconds shutdown_grace = std::chrono::seconds{10};
  /// How long a loop spins before it sleeps; 0 is not at all. Buys latency with CPU.
  std::chrono::microseconds busy_poll{0};
  /// Debug mode: warn of a callback that holds its loop for so long; 0 is off.
  std::chrono::microseconds slow_callback{0};
  Limits limits;
  OptionValues options;  ///< the protocols' own keys in [limits]
  Budget budget;
  Access access;
  streams::SocketOptions tcp;
  Log log;
  Admin admin;
  Metrics metrics;
  std::vector<Listener> listeners;  ///< once add_own_listeners() was called, with those, last

  bool operator==(const Config&) const = default;
};

/// A listener that has of `config` all that a listener may have for itself.
inline Listener listener_under(const Config& config) {
  Listener listener;
  listener.log_sessions = config.log.sessions;
  listener.limits = config.limits;
  listener.access = config.access;
  listener.tcp = config.tcp;
  listener.options = config.options;
  return listener;
}

}  // namespace config
