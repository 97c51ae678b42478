// A protocol is a function on a reader and a writer, and a row in this table. To add one: write its
// file, declare its function here, add its row. A key of its own is a member of Options and a row
// of an array here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "config/key.hpp"
#include "config/protocol.hpp"
#include "server/insight/cause.hpp"
#include "server/protocols/context.hpp"
#include "streams/http/fields.hpp"
#include "streams/stream_reader.hpp"
#include "streams/stream_writer.hpp"
#include "streams/task.hpp"

namespace server::protocols {

/// Serves one connection until the protocol or the peer ends it. No error when the protocol itself
/// came to its end, Error::end_of_stream after the peer's, else what went wrong. Closing is the
/// session's business. On the worker's thread; the arguments outlive the task.
using Handler = streams::Task<std::error_code>(streams::StreamReader& reader,
                                               streams::StreamWriter& writer,
                                               const Context& context);

/// Likewise, of a connection that another process has served: `part` is what its handler's filter
/// has saved, until the call returns. Throws std::invalid_argument where it is none of that, and
/// std::bad_alloc.
using Resume = streams::Task<std::error_code>(streams::StreamReader& reader,
                                              streams::StreamWriter& writer, const Context& context,
                                              std::string_view part);

Resume resume_echo;
Resume resume_line;
Resume resume_discard;
Resume resume_chargen;

Handler echo;
Handler line;
Handler discard;
Handler chargen;
Handler daytime;
Handler time;
Handler admin;
Handler metrics;

inline constexpr std::array line_options{
    config::size<&Options::max_line>("max_line", 64, 1024 * 1024,
                                     "longest line of the line protocol, end excluded"),
};

/// A carriage return before the LF does not count for max_line.
constexpr std::uint32_t line_reader_limit(const Options& options) noexcept {
  return static_cast<std::uint32_t>(options.max_line + 1);
}

inline constexpr std::uint32_t max_admin_line = 1024;  ///< bytes

constexpr std::uint32_t admin_reader_limit(const Options&) noexcept { return max_admin_line; }

/// Bytes of what is unknown that an error repeats, in the line protocol and the admin protocol.
inline constexpr std::size_t shown_word = 32;

constexpr std::uint32_t http_reader_limit(const Options&) noexcept { return http::max_head_line; }

/// What a peer is told that is refused, by why; empty where the protocol has no words.
struct RefusalWords {
  std::string_view full = {};         ///< the server, or the listener
  std::string_view denied = {};       ///< by its address
  std::string_view source_full = {};  ///< it has as many connections as it may
  std::string_view too_fast = {};     ///< too many new connections a second

  constexpr std::string_view of(insight::Refusal refusal) const noexcept {
    using insight::Refusal;
    switch (refusal) {
      case Refusal::server_full:
      case Refusal::listener_full: return full;
      case Refusal::denied:
      case Refusal::not_a_proxy: return denied;
      case Refusal::source_full: return source_full;
      case Refusal::source_rate:
      case Refusal::rate: return too_fast;
    }
    return {};
  }
};

/// What a peer is told when the server ends its session because of a limit; may be empty.
using Farewell = std::string_view(insight::Cause) noexcept;

Farewell line_farewell;
Farewell http_farewell;

struct Protocol : config::Protocol {
  Handler* serve;
  std::string_view try_it;  ///< what to type against {host} and {port}
  RefusalWords refusal;
  /// The reader's limit, StreamOptions::limit; nullptr where no line is read.
  std::uint32_t (*reader_limit)(const Options&) noexcept = nullptr;
  Farewell* farewell = nullptr;  ///< nullptr where the protocol has no words
  Resume* resume = nullptr;      ///< nullptr where a connection stays with who has it
};

inline constexpr std::array protocols{
    Protocol{{"echo", "127.0.0.1:7007", {}},
             echo,
             "echo hello | nc -N {host} {port}",
             {},
             nullptr,
             nullptr,
             resume_echo},
    Protocol{{"line", "127.0.0.1:7008", line_options, false, true},
             line,
             "telnet {host} {port}, then type HELP",
             {"-ERR server is full, try again later\r\n", "-ERR access denied\r\n",
              "-ERR too many connections from your address\r\n",
              "-ERR too many new connections, try again later\r\n"},
             line_reader_limit,
             line_farewell,
             resume_line},
    Protocol{{"discard", "", {}},
             discard,
             "nc -N {host} {port} < FILE",
             {},
             nullptr,
             nullptr,
             resume_discard},
    Protocol{{"chargen", "", {}},
             chargen,
             "nc {host} {port} | head",
             {},
             nullptr,
             nullptr,
             resume_chargen},
    Protocol{{"daytime", "", {}}, daytime, "nc {host} {port}", {}},
    Protocol{{"time", "", {}}, time, "nc {host} {port} | xxd", {}},
    Protocol{{"admin", "", {}, true},
             admin,
             "echoline ask {host} {port} HELP",
             {"-ERR too many admin connections, try again later\r\n"},
             admin_reader_limit},
    Protocol{{"metrics", "", {}, true},
             metrics,
             "curl http://{host}:{port}/metrics",
             {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
             http_reader_limit,
             http_farewell},
};

/// The part of each row that the configuration is handed.
inline constexpr auto for_config = [] {
  std::array<config::Protocol, protocols.size()> rows{};
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = protocols[i];
  return rows;
}();

/// The protocol called `name`, or nullptr.
constexpr const Protocol* find_protocol(std::string_view name) noexcept {
  for (const Protocol& protocol : protocols) {
    if (protocol.name == name) return &protocol;
  }
  return nullptr;
}

/// The values of a protocol's own keys, out of all that were configured; one that is not among them
/// is at its default.
inline Options options_for(const config::Protocol& protocol, const config::OptionValues& values) {
  Options options;
  for (const config::Key& key : protocol.options) {
    const auto value = values.find(key.name);
    if (value != values.end()) key.set(options, value->second);
  }
  return options;
}

}  // namespace server::protocols
