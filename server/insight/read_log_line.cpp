#include "server/insight/read_log_line.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "streams/text/number.hpp"

namespace server::insight {
namespace {

/// What is left of a line, and where that is.
class Rest {
 public:
  explicit Rest(std::string_view line) noexcept : line_(line) {}

  std::size_t column() const noexcept { return at_ + 1; }
  bool is_over() const noexcept { return at_ == line_.size(); }
  std::string_view text() const noexcept { return line_.substr(at_); }
  bool starts_with(std::string_view what) const noexcept { return text().starts_with(what); }
  std::string_view take(std::size_t size) noexcept {
    const std::string_view taken = text().substr(0, size);
    at_ += taken.size();
    return taken;
  }
  /// Up to one of those, or to the end.
  std::string_view take_to(std::string_view any_of) noexcept {
    return take(text().find_first_of(any_of));
  }
  bool skip(std::string_view what) noexcept {
    if (!starts_with(what)) return false;
    take(what.size());
    return true;
  }

 private:
  std::string_view line_;
  std::size_t at_ = 0;
};

void append_utf8(std::string& out, std::uint32_t character) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (character < 0x80) return add(character);
  if (character < 0x800) {
    add(0xC0U | character >> 6U);
  } else {
    add(0xE0U | character >> 12U);
    add(0x80U | (character >> 6U & 0x3FU));
  }
  add(0x80U | (character & 0x3FU));
}

/// What stands behind a backslash, and is taken: \xNN of the text form, \u00NN and the like of
/// JSON.
bool append_unescaped(std::string& out, Rest& rest) {
  if (rest.is_over()) return false;
  const char c = rest.take(1).front();
  if (c == 'x' || c == 'u') {
    const std::size_t digits = c == 'x' ? 2 : 4;
    const std::string_view hex = rest.take(digits);
    const auto number = text::whole_number<std::uint32_t>(hex, 16);
    if (!number || hex.size() != digits) return false;
    if (c == 'x') {
      out += static_cast<char>(*number);
    } else {
      append_utf8(out, *number);
    }
    return true;
  }
  constexpr std::string_view letters = "bfnrt";
  constexpr std::string_view meant = "\b\f\n\r\t";
  const std::size_t letter = letters.find(c);
  out += letter == letters.npos ? c : meant[letter];
  return true;
}

/// A text in quotes, the first of which is taken; nothing where it does not end.
std::optional<std::string> take_quoted(Rest& rest) {
  std::string text;
  for (;;) {
    text += rest.take_to("\"\\");
    if (rest.is_over()) return std::nullopt;
    const char c = rest.take(1).front();
    if (c == '"') return text;
    if (!append_unescaped(text, rest)) return std::nullopt;
  }
}

LogLine cut_short(LogLine line, const Rest& rest) {
  line.cut = rest.column();
  return line;
}

/// What the daemon writes: one object, without blanks and with nothing nested.
LogLine read_json(Rest rest) {
  LogLine line;
  rest.skip("{");
  do {
    const std::size_t column = rest.column();
    std::optional<std::string> name;
    if (rest.skip("\"")) name = take_quoted(rest);
    if (!name || !rest.skip(":")) return cut_short(std::move(line), rest);
    std::optional<std::string> value;
    if (rest.skip("\"")) {
      value = take_quoted(rest);
      if (!value) return cut_short(std::move(line), rest);
    } else {
      value = rest.take_to(",}");
    }
    if (*name == "event") line.event = *value;
    line.fields.push_back({*std::move(name), *std::move(value), column});
  } while (rest.skip(","));
  if (!rest.skip("}")) return cut_short(std::move(line), rest);
  return line;
}

bool is_of_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Whether it begins like a field: `name=`.
bool is_field(std::string_view word) noexcept {
  const std::size_t name = std::min(word.find('='), word.size());
  return name != 0 && name != word.size() &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(name), is_of_name);
}

/// The event is the last word before the fields.
LogLine read_text(Rest rest) {
  LogLine line;
  while (!rest.is_over() && !is_field(rest.text().substr(0, rest.text().find(' ')))) {
    line.event = rest.take_to(" ");
    rest.skip(" ");
  }
  if (rest.is_over()) return {};
  do {
    const std::size_t column = rest.column();
    std::string name(rest.take_to("= "));
    if (!rest.skip("=")) return cut_short(std::move(line), rest);
    std::optional<std::string> value;
    if (rest.skip("\"")) {
      value = take_quoted(rest);
      if (!value) return cut_short(std::move(line), rest);
    } else {
      value = rest.take_to(" ");
      // A text of nothing is written in quotes.
      if (value->empty()) return cut_short(std::move(line), rest);
    }
    line.fields.push_back({std::move(name), *std::move(value), column});
  } while (rest.skip(" ") && !rest.is_over());
  return line;
}

}  // namespace

const LogLine::Field* LogLine::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

LogLine read_log_line(std::string_view line) {
  Rest rest(line);
  // In the text form a quote that follows on a brace stands behind a backslash.
  const std::size_t object = line.find("{\"");
  if (object == line.npos) return read_text(rest);
  rest.take(object);
  return read_json(rest);
}

}  // namespace server::insight
