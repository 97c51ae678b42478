// What a peer of the line protocol was told, taken apart: telnet's replies stand where they do
// between the lines by what arrived together, so that only their own order says anything.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "tests/fuzz/verdict.hpp"

namespace tests {

struct Told {
  std::string lines;
  std::string telnet;
};

/// A reply is a telnet refusal or a line; lines hold no line end of the peer's making.
inline Told take_apart(std::string_view output) {
  Told told;
  while (!output.empty()) {
    const bool telnet = output[0] == '\xff';
    const std::size_t line_size = std::min(output.find_first_of("\r\n"), output.size()) + 2;
    const std::string_view reply = output.substr(0, telnet ? 3 : line_size);
    const bool is_refusal = reply.size() == 3 && (reply[1] == '\xfc' || reply[1] == '\xfe');
    const bool is_line =
        reply.ends_with("\r\n") && std::string_view("+-*").find(reply[0]) != reply.npos;
    if (telnet ? !is_refusal : !is_line) {
      found("neither a line nor a refusal", text::escaped(output));
    }
    (telnet ? told.telnet : told.lines) += reply;
    output.remove_prefix(reply.size());
  }
  return told;
}

/// Whether it has left before the end of what the peer sent: after QUIT and after Ctrl-C. How much
/// of what follows is still seen depends on the cuts.
inline bool left_early(const Told& told) { return told.lines.ends_with("+BYE\r\n"); }

/// Whether the telnet replies are the same, as far as both had to be given.
inline bool same_telnet(const Told& one, const Told& other) {
  if (!left_early(other)) return one.telnet == other.telnet;
  return one.telnet.starts_with(other.telnet) || other.telnet.starts_with(one.telnet);
}

}  // namespace tests
