#include "client/load/line_messages.hpp"

#include <strings.h>
#include <utility>

namespace client::load {
namespace {

constexpr std::string_view command = "ECHO ";

}  // namespace

LineMessages::LineMessages(LineTemplate line, std::uint64_t seed, bool is_echo)
    : line_(std::move(line)), seed_(seed), is_echo_(is_echo) {}

std::string_view LineMessages::request(std::uint64_t connection, std::uint64_t sequence) {
  text_.clear();
  line_.append_to(text_, connection, sequence, seed_);
  text_ += "\r\n";
  return text_;
}

std::string_view LineMessages::reply(std::uint64_t connection, std::uint64_t sequence) {
  if (!is_echo_) return {};
  request(connection, sequence);
  // The last byte of the command gives way to the sign.
  text_[command.size() - 1] = '+';
  return std::string_view(text_).substr(command.size() - 1);
}

std::string default_line(std::size_t size) {
  return std::string(command) + "{random:" + std::to_string(size) + '}';
}

bool is_echo(std::string_view line_template) noexcept {
  return line_template.size() > command.size() &&
         ::strncasecmp(line_template.data(), command.data(), command.size()) == 0;
}

}  // namespace client::load
