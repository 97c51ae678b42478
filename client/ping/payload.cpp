#include "client/ping/payload.hpp"

#include <algorithm>

#include "streams/text/escape.hpp"

namespace client::ping {
namespace {

/// The beginning of the first line, in quotes, fit for a terminal.
std::string beginning(std::string_view bytes) {
  std::string out{bytes.substr(0, bytes.find_first_of("\r\n")).substr(0, 40)};
  std::ranges::replace_if(
      out, [](char c) { return !text::is_printable(c); }, '?');
  return text::quoted(out);
}

}  // namespace

Payload make_payload(Protocol protocol, std::uint64_t sequence, std::size_t size) {
  std::string content = std::to_string(sequence) + ' ';
  for (std::size_t i = content.size(); i < size; ++i) {
    content += static_cast<char>('a' + (sequence + i) % 26);
  }
  content.resize(size);
  if (protocol == Protocol::line) return {"ECHO " + content + "\r\n", '+' + content + "\r\n"};
  if (size > 1) content.back() = '\n';
  return {content, content};
}

std::string explain_mismatch(Protocol protocol, std::string_view got) {
  std::string text = "the reply is not what was sent, it begins with " + beginning(got);
  if (protocol == Protocol::echo && (got.starts_with('+') || got.starts_with('-'))) {
    return text + "; this looks like the line protocol: try --protocol line";
  }
  if (protocol == Protocol::line && got.starts_with("ECHO ")) {
    return text + "; this looks like an echo service: try --protocol echo";
  }
  return text + "; does the target speak another protocol?";
}

}  // namespace client::ping
