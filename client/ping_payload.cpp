#include "client/ping_payload.hpp"

namespace client {

PingPayload make_ping(PingProtocol protocol, std::uint64_t sequence, std::size_t size) {
  std::string content = std::to_string(sequence) + ' ';
  for (std::size_t i = content.size(); i < size; ++i) {
    content += static_cast<char>('a' + (sequence + i) % 26);
  }
  content.resize(size);
  if (protocol == PingProtocol::echo) return {content, content};
  return {"ECHO " + content + "\r\n", '+' + content + "\r\n"};
}

}  // namespace client
