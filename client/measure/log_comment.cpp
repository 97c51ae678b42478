#include "client/measure/log_comment.hpp"

namespace client::measure {

std::string log_comment(std::string_view text) {
  std::string line = "#[";
  for (const char c : text) line += (c >= 0 && c < 0x20) || c == 0x7f ? ' ' : c;
  return line + "]\n";
}

}  // namespace client::measure
