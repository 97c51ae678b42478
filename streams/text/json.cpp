#include "streams/text/json.hpp"

#include "streams/text/escape.hpp"

namespace text {
namespace {

constexpr Escapes json_escapes{.quote = '"', .number = "\\u00", .named = false};

// The length of the UTF-8 character at the front of `text`, 0 if there is none: no surrogates,
// nothing overlong, nothing above U+10FFFF.
std::size_t character_at_front(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_at_front(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

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
