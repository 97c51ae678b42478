#include "client/load/report/columns.hpp"

#include <algorithm>

namespace client::load::report {
namespace {

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

std::string spaces(std::string_view text, std::size_t width) {
  const std::size_t taken = columns(text);
  return std::string(width > taken ? width - taken : 0, ' ');
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::string left(std::string_view text, std::size_t width) {
  return std::string{text} + spaces(text, width);
}

std::string right(std::string_view text, std::size_t width) {
  return spaces(text, width) + std::string{text};
}

std::string_view cut(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (!starts_character(text[end])) continue;
    if (width == 0) break;
    --width;
  }
  return text.substr(0, end);
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t taken = 0;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty()) continue;
    if (taken != 0 && taken + 1 + columns(word) > width) {
      (out += '\n').append(indent, ' ');
      taken = indent;
    } else if (taken != 0) {
      out += ' ';
      ++taken;
    }
    out += word;
    taken += columns(word);
  }
  return out;
}

}  // namespace client::load::report
