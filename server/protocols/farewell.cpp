// What peers are told when the server ends their session because of a limit. Apart from the
// protocols, whose code is laid out for their requests.
#include "server/protocols/protocol.hpp"

namespace server::protocols {

std::string_view line_farewell(insight::Cause cause) noexcept {
  using insight::Cause;
  switch (cause) {
    case Cause::first_byte_timeout: return "-ERR no line has come in time\r\n";
    case Cause::line_timeout: return "-ERR the line has not ended in time\r\n";
    case Cause::max_session_time: return "-ERR a session may not last any longer\r\n";
    case Cause::max_memory: return "-ERR server is short of memory, try again later\r\n";
    default: return {};
  }
}

// Only where a request has begun: one that has not may cross this and take it for its answer.
std::string_view http_farewell(insight::Cause cause) noexcept {
  if (cause != insight::Cause::line_timeout) return {};
  return "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

}  // namespace server::protocols
