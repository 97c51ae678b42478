// LineMessages: lines of the line protocol. What ECHO says comes back behind a plus sign; what
// other commands answer is not known here.
#pragma once

#include <string>

#include "client/load/line_template.hpp"
#include "client/load/messages.hpp"

namespace client::load {

class LineMessages final : public Messages {
 public:
  LineMessages(LineTemplate line, std::uint64_t seed, bool is_echo);

  std::string_view request(std::uint64_t connection, std::uint64_t sequence) override;
  std::string_view reply(std::uint64_t connection, std::uint64_t sequence) override;

 private:
  LineTemplate line_;
  std::uint64_t seed_;
  bool is_echo_;
  std::string text_;
};

/// ECHO with `size` bytes that are drawn for connection and sequence: from 11 on, none is repeated.
std::string default_line(std::size_t size);
/// Whether the command is ECHO with an argument.
bool is_echo(std::string_view line_template) noexcept;

}  // namespace client::load
