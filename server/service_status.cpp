#include "server/service_status.hpp"

namespace server {
namespace {

constexpr std::size_t max_state = 512;

std::string count(std::uint64_t number, std::string_view noun) {
  std::string text = std::to_string(number);
  (text += ' ') += noun;
  if (number != 1) text += 's';
  return text;
}

// Never between the bytes of one UTF-8 character.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most != 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace

std::string service_status(std::string_view state, std::span<const std::string> listeners,
                           std::uint64_t connections) {
  const std::string tail = "; " + count(connections, "connection");
  constexpr std::size_t and_more = 32;
  std::string text(cut(state, max_state));
  if (!text.empty() && !listeners.empty()) text += "; ";
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (i != 0) text += ", ";
    if (text.size() + listeners[i].size() + and_more + tail.size() > max_service_status) {
      text += std::to_string(listeners.size() - i) + " more";
      break;
    }
    text += listeners[i];
  }
  return text.empty() ? count(connections, "connection") : text + tail;
}

}  // namespace server
