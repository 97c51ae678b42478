#include "client/ping/payload.hpp"

namespace client::ping {
namespace {

std::string quoted(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string out = "\"";
  for (const char c : text.substr(0, most)) {
    if (c == '\r' || c == '\n') break;
    out += c >= ' ' && c <= '~' ? c : '?';
  }
  return out += '"';
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
  std::string text = "the reply is not what was sent, it begins with " + quoted(got);
  if (protocol == Protocol::echo && (got.starts_with('+') || got.starts_with('-'))) {
    return text + "; this looks like the line protocol: try --protocol line";
  }
  if (protocol == Protocol::line && got.starts_with("ECHO ")) {
    return text + "; this looks like an echo service: try --protocol echo";
  }
  return text + "; does the target speak another protocol?";
}

}  // namespace client::ping
