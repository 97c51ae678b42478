#include "streams/text/json_value.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "streams/text/utf8.hpp"

namespace text {
namespace {

using Kind = JsonValue::Kind;

/// Every function leaves the place behind what it has read, or, where it says false, at the error.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  ParsedJson parse() {
    ParsedJson parsed;
    if (value(parsed.value, 0)) {
      skip_space();
      if (at_ != text_.size()) refuse("something stands behind the value");
    }
    if (!error_.empty()) parsed.error = where() + error_;
    return parsed;
  }

 private:
  bool refuse(const char* why) {
    if (error_.empty()) error_ = why;
    return false;
  }

  std::string where() const {
    const std::string_view before = text_.substr(0, at_);
    const std::size_t line_feed = before.rfind('\n');
    const std::size_t column =
        line_feed == std::string_view::npos ? at_ + 1 : before.size() - line_feed;
    return "line " + std::to_string(std::count(before.begin(), before.end(), '\n') + 1) +
           ", column " + std::to_string(column) + ": ";
  }

  char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool value(JsonValue& out, std::size_t depth) {
    skip_space();
    switch (peek()) {
      case '{': return depth < deepest_json ? object(out, depth) : refuse("this is too deep");
      case '[': return depth < deepest_json ? array(out, depth) : refuse("this is too deep");
      case '"': out.kind = Kind::string; return string(out.string);
      default: return word(out) || number(out);
    }
  }

  bool word(JsonValue& out) {
    if (take("null")) return true;
    out.truth = take("true");
    if (!out.truth && !take("false")) return false;
    out.kind = Kind::truth;
    return true;
  }

  // from_chars takes more than JSON does: inf, nan, 01 and 1.
  bool number(JsonValue& out) {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    const std::size_t whole = digits();
    if (whole == 0 || (whole > 1 && text_[at_ - whole] == '0')) return no_value(begin);
    if (peek() == '.') {
      ++at_;
      if (digits() == 0) return no_value(begin);
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (digits() == 0) return no_value(begin);
    }
    out.kind = Kind::number;
    const auto [end, ec] = std::from_chars(text_.data() + begin, text_.data() + at_, out.number);
    if (ec != std::errc()) return no_value(begin);
    return true;
  }

  bool no_value(std::size_t begin) {
    at_ = begin;
    return refuse("there is no value here");
  }

  std::size_t digits() {
    const std::size_t begin = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ - begin;
  }

  bool array(JsonValue& out, std::size_t depth) {
    out.kind = Kind::array;
    ++at_;
    skip_space();
    if (take("]")) return true;
    while (true) {
      if (!value(out.items.emplace_back(), depth + 1)) return false;
      skip_space();
      if (take("]")) return true;
      if (!take(",")) return refuse("a comma or ] is missing");
    }
  }

  bool object(JsonValue& out, std::size_t depth) {
    out.kind = Kind::object;
    ++at_;
    skip_space();
    if (take("}")) return true;
    while (true) {
      skip_space();
      if (peek() != '"') return refuse("the name of a member is missing");
      if (!string(out.names.emplace_back())) return false;
      skip_space();
      if (!take(":")) return refuse("a colon is missing");
      if (!value(out.items.emplace_back(), depth + 1)) return false;
      skip_space();
      if (take("}")) return true;
      if (!take(",")) return refuse("a comma or } is missing");
    }
  }

  bool string(std::string& out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return refuse("a control character in a string");
      if (c == '\\') {
        if (!escape(out)) return refuse("an escape that there is not");
      } else {
        out += c;
        ++at_;
      }
    }
    return refuse("a string does not end");
  }

  bool escape(std::string& out) {
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    const char name = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (name == 'u') return numbered(out);
    const std::size_t which = names.find(name);
    if (which == std::string_view::npos) return false;
    out += meant[which];
    at_ += 2;
    return true;
  }

  bool numbered(std::string& out) {
    const std::optional<char32_t> first = unit();
    if (!first) return false;
    if (*first < 0xd800 || *first > 0xdbff) {
      append_character(out, *first);
      return true;
    }
    const std::size_t behind_first = at_;
    const std::optional<char32_t> second = unit();
    if (second && *second >= 0xdc00 && *second <= 0xdfff) {
      append_character(out, 0x10000 + ((*first - 0xd800) << 10U) + (*second - 0xdc00));
      return true;
    }
    at_ = behind_first;
    append_character(out, *first);
    return true;
  }

  /// \u and four hexadecimal digits.
  std::optional<char32_t> unit() {
    if (!text_.substr(at_).starts_with("\\u") || text_.size() - at_ < 6) return std::nullopt;
    const char* const begin = text_.data() + at_ + 2;
    std::uint32_t number = 0;
    const auto [end, ec] = std::from_chars(begin, begin + 4, number, 16);
    if (ec != std::errc() || end != begin + 4) return std::nullopt;
    at_ += 6;
    return static_cast<char32_t>(number);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return &items[i];
  }
  return nullptr;
}

ParsedJson parse_json(std::string_view text) { return Parser(text).parse(); }

}  // namespace text
