// A protocol is a function on a reader and a writer, and a row in this table. To add one: write its
// file, declare its function here, add its row.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <system_error>

#include "server/protocols/context.hpp"
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

Handler echo;
Handler line;
Handler discard;
Handler chargen;
Handler daytime;
Handler time;

struct Protocol {
  std::string_view name;  ///< as in the configuration
  Handler* serve;
  std::string_view try_it;   ///< what to type against {host} and {port}
  std::string_view refusal;  ///< what a peer is told when the server is full; may be empty
};

inline constexpr std::array protocols{
    Protocol{"echo", echo, "echo hello | nc -N {host} {port}", ""},
    Protocol{"line", line, "telnet {host} {port}, then type HELP",
             "-ERR server is full, try again later\r\n"},
    Protocol{"discard", discard, "nc -N {host} {port} < FILE", ""},
    Protocol{"chargen", chargen, "nc {host} {port} | head", ""},
    Protocol{"daytime", daytime, "nc {host} {port}", ""},
    Protocol{"time", time, "nc {host} {port} | xxd", ""},
};

inline constexpr auto protocol_names = [] {
  std::array<std::string_view, protocols.size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = protocols[i].name;
  return names;
}();

/// The protocol called `name`, or nullptr.
constexpr const Protocol* find_protocol(std::string_view name) noexcept {
  for (const Protocol& protocol : protocols) {
    if (protocol.name == name) return &protocol;
  }
  return nullptr;
}

}  // namespace server::protocols
