#include "client/load/messages.hpp"

#include "client/load/echo_messages.hpp"
#include "client/load/file_messages.hpp"
#include "client/load/line_messages.hpp"

namespace client::load {

std::unique_ptr<Messages> make_messages(const Plan& plan) {
  const Payload& payload = plan.payload;
  if (plan.protocol == Protocol::line) {
    const std::string line = payload.line.empty() ? default_line(payload.max_size) : payload.line;
    return std::make_unique<LineMessages>(LineTemplate(line), plan.seed, is_echo(line));
  }
  if (!payload.content.empty()) return std::make_unique<FileMessages>(payload.content);
  return std::make_unique<EchoMessages>(payload.min_size, payload.max_size, plan.seed);
}

}  // namespace client::load
