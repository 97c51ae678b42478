// The line protocol of echolined, and whatever answers each line with lines. What ECHO says comes
// back behind a plus sign; what other commands answer is not known here, and only its end is found.
#include <string>
#include <strings.h>
#include <utility>

#include "client/load/churn.hpp"
#include "client/load/line_template.hpp"
#include "client/load/messages.hpp"
#include "client/load/protocol.hpp"

namespace client::load {
namespace {

constexpr std::string_view command = "ECHO ";

class LineMessages final : public Messages {
 public:
  LineMessages(LineTemplate line, std::uint64_t seed, bool is_echo)
      : line_(std::move(line)), seed_(seed), is_echo_(is_echo) {}

  std::string_view request(std::uint64_t connection, std::uint64_t sequence) override {
    text_.clear();
    line_.append_to(text_, connection, sequence, seed_);
    text_ += "\r\n";
    return text_;
  }

  std::string_view reply(std::uint64_t connection, std::uint64_t sequence) override {
    if (!is_echo_) return {};
    request(connection, sequence);
    // The last byte of the command gives way to the sign.
    text_[command.size() - 1] = '+';
    return std::string_view(text_).substr(command.size() - 1);
  }

 private:
  LineTemplate line_;
  std::uint64_t seed_;
  bool is_echo_;
  std::string text_;
};

/// ECHO with `size` bytes that are drawn for connection and sequence: from 11 on, none is repeated.
std::string default_line(std::size_t size) {
  return std::string(command) + "{random:" + std::to_string(size) + '}';
}

/// Whether the command is ECHO with an argument.
bool is_echo(std::string_view line_template) noexcept {
  return line_template.size() > command.size() &&
         ::strncasecmp(line_template.data(), command.data(), command.size()) == 0;
}

std::unique_ptr<Messages> make_line_messages(const Plan& plan) {
  const Payload& payload = plan.payload;
  const std::string line = payload.line.empty() ? default_line(payload.max_size) : payload.line;
  return std::make_unique<LineMessages>(LineTemplate(line), plan.seed, is_echo(line));
}

}  // namespace

constinit const Protocol line_protocol{
    .name = "line",
    .has_lines = true,
    .make_messages = make_line_messages,
    .make_connection = make_request_connection,
};

}  // namespace client::load
