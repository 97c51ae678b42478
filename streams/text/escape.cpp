#include "streams/text/escape.hpp"

#include <algorithm>

namespace text {
namespace {

// Empty for what has no name.
constexpr std::string_view name_of(char c) noexcept {
  switch (c) {
    case '\r': return "\\r";
    case '\n': return "\\n";
    case '\t': return "\\t";
    default: return {};
  }
}

}  // namespace

void append_escaped(std::string& out, std::string_view bytes, const Escapes& how) {
  while (!bytes.empty()) {
    const auto special = std::ranges::find_if(
        bytes, [quote = how.quote](char c) { return !is_printable(c) || c == quote || c == '\\'; });
    const auto plain = static_cast<std::size_t>(special - bytes.begin());
    out.append(bytes.data(), plain);
    if (plain == bytes.size()) return;
    const char c = *special;
    const std::string_view name = how.named ? name_of(c) : std::string_view{};
    if (!name.empty()) {
      out += name;
    } else if (is_printable(c)) {
      (out += '\\') += c;
    } else {
      append_hex(out += how.number, static_cast<unsigned char>(c));
    }
    bytes.remove_prefix(plain + 1);
  }
}

std::string escaped(std::string_view bytes, const Escapes& how) {
  std::string out;
  append_escaped(out, bytes, how);
  return out;
}

void append_hex(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  (out += digits[byte >> 4U]) += digits[byte & 15U];
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) append_hex(out, static_cast<unsigned char>(c));
  return out;
}

std::string printable(std::string_view text, char instead) {
  std::string out{text};
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, instead);
  return out;
}

std::string quoted(std::string_view text) { return std::string{"\""}.append(text).append("\""); }

}  // namespace text
