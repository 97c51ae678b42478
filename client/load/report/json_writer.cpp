#include "client/load/report/json_writer.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

namespace client::load::report {
namespace {

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

template <typename T>
void append_number(std::string& out, T number) {
  std::array<char, 40> text{};
  out.append(text.begin(), std::to_chars(text.begin(), text.end(), number).ptr);
}

}  // namespace

void JsonWriter::key(std::string_view name) {
  assert(!after_key_);
  separate();
  quote(name);
  out_ += ": ";
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  quote(text);
}

void JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  append_number(out_, number);
}

void JsonWriter::value(std::uint64_t number) {
  separate();
  append_number(out_, number);
}

void JsonWriter::value(std::int64_t number) {
  separate();
  append_number(out_, number);
}

void JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
}

void JsonWriter::null() {
  separate();
  out_ += "null";
}

const std::string& JsonWriter::text() const {
  assert(levels_.empty() && !after_key_);
  return out_;
}

void JsonWriter::begin(char bracket, Layout layout) {
  separate();
  out_ += bracket;
  const bool inside_line =
      layout_ == Layout::line || (!levels_.empty() && levels_.back().layout == Layout::line);
  levels_.push_back({.layout = inside_line ? Layout::line : layout});
}

void JsonWriter::end(char bracket) {
  assert(!levels_.empty() && !after_key_);
  const Level level = levels_.back();
  levels_.pop_back();
  if (level.layout == Layout::lines && !level.empty) new_line();
  out_ += bracket;
}

// Before each key, and before each value that has none.
void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  Level& level = levels_.back();
  if (!level.empty) out_ += level.layout == Layout::line ? ", " : ",";
  level.empty = false;
  if (level.layout == Layout::lines) new_line();
}

void JsonWriter::new_line() { (out_ += '\n').append(2 * levels_.size(), ' '); }

void JsonWriter::quote(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out_ += '"';
  while (!text.empty()) {
    const std::size_t length = character_at_front(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0) {
      out_ += "\\ufffd";
    } else if (byte == '"' || byte == '\\') {
      (out_ += '\\') += text.front();
    } else if (byte < 0x20) {
      ((out_ += "\\u00") += hex[byte >> 4U]) += hex[byte & 15U];
    } else {
      out_ += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out_ += '"';
}

}  // namespace client::load::report
