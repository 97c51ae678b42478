#include "streams/text/json.hpp"

#include "streams/text/escape.hpp"
#include "streams/text/utf8.hpp"

namespace text {
namespace {

constexpr Escapes json_escapes{.quote = '"', .number = "\\u00", .named = false};

/// What could steer a terminal that shows it: C0, DEL and C1.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
  out += '"';
  while (!utf8.empty()) {
    const std::size_t length = character_at_front(utf8);
    const char first = utf8.front();
    if (length == 0) {
      out += "\\ufffd";
    } else if (first == '"' || first == '\\') {
      (out += '\\') += first;
    } else if (static_cast<unsigned char>(first) < 0x20) {
      append_hex(out += json_escapes.number, static_cast<unsigned char>(first));
    } else {
      out += utf8.substr(0, length);
    }
    utf8.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

std::string json_string(std::string_view utf8) {
  std::string out;
  append_json_string(out, utf8);
  return out;
}

void append_json_bytes(std::string& out, std::string_view bytes) {
  out += '"';
  if (!is_utf8(bytes)) {
    append_escaped(out, bytes, json_escapes);
    bytes = {};
  }
  while (!bytes.empty()) {
    const std::string_view character = bytes.substr(0, character_at_front(bytes));
    if (is_control(character)) {
      append_hex(out += json_escapes.number, static_cast<unsigned char>(character.back()));
    } else {
      if (character == "\"" || character == "\\") out += '\\';
      out += character;
    }
    bytes.remove_prefix(character.size());
  }
  out += '"';
}

}  // namespace text
