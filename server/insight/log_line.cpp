#include "server/insight/log_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace server::insight {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

void append_digits(std::string& out, unsigned number, std::size_t digits) {
  const std::size_t end = out.size() + digits;
  out.append(digits, '0');
  for (std::size_t at = end; number != 0; number /= 10) {
    out[--at] = static_cast<char>('0' + number % 10);
  }
}

// strftime(3) and its kin would cost as much as all else of a line.
void append_time(std::string& out, std::chrono::system_clock::time_point when) {
  using namespace std::chrono;
  const auto day = floor<days>(when);
  const year_month_day date(day);
  const hh_mm_ss time(floor<milliseconds>(when - day));
  const auto append = [&out](auto number, std::size_t digits, char after) {
    append_digits(out, static_cast<unsigned>(number), digits);
    out += after;
  };
  append(static_cast<int>(date.year()), 4, '-');
  append(static_cast<unsigned>(date.month()), 2, '-');
  append(static_cast<unsigned>(date.day()), 2, 'T');
  append(time.hours().count(), 2, ':');
  append(time.minutes().count(), 2, ':');
  append(time.seconds().count(), 2, '.');
  append(time.subseconds().count(), 3, 'Z');
}

bool is_plain(char character) noexcept {
  const auto byte = static_cast<unsigned char>(character);
  return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

// In JSON \x is no escape; \u00NN says the same of a byte.
void append_escaped(std::string& out, std::string_view text, std::string_view numeric) {
  constexpr std::string_view digits = "0123456789abcdef";
  while (!text.empty()) {
    const auto special =
        std::find_if_not(text.begin(), text.end(), [](char c) { return is_plain(c); });
    const auto plain = static_cast<std::size_t>(special - text.begin());
    out += text.substr(0, plain);
    if (plain == text.size()) return;
    const auto byte = static_cast<unsigned char>(text[plain]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[plain];
    } else {
      out += numeric;
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
    text.remove_prefix(plain + 1);
  }
}

void append_number(std::string& out, const Field& field) {
  std::array<char, 400> text;  // the largest double has 309 digits before its point
  char* const end = text.data() + text.size();
  std::to_chars_result result{text.data(), {}};
  if (const auto* integer = std::get_if<std::uint64_t>(&field.value)) {
    result = std::to_chars(text.data(), end, *integer);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    result = std::to_chars(text.data(), end, *real, std::chars_format::fixed, 3);
  }
  out.append(text.data(), result.ptr);
}

bool needs_quotes(std::string_view text) noexcept {
  if (text.empty()) return true;
  for (const char character : text) {
    if (!is_plain(character) || character == ' ' || character == '=') {
      return true;
    }
  }
  return false;
}

void append_text_field(std::string& out, const Field& field) {
  out += ' ';
  out += field.name;
  out += '=';
  const auto* text = std::get_if<std::string_view>(&field.value);
  if (text == nullptr) return append_number(out, field);
  const bool quoted = needs_quotes(*text);
  if (quoted) out += '"';
  append_escaped(out, *text, "\\x");
  if (quoted) out += '"';
}

void append_json_field(std::string& out, const Field& field) {
  out += ",\"";
  out += field.name;
  out += "\":";
  const auto* text = std::get_if<std::string_view>(&field.value);
  if (text == nullptr) return append_number(out, field);
  out += '"';
  append_escaped(out, *text, "\\u00");
  out += '"';
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text, "\\x");
  return out;
}

std::string format_line(config::LogFormat format, std::chrono::system_clock::time_point when,
                        config::LogLevel level, std::string_view event,
                        std::span<const Field> fields) {
  const bool json = format == config::LogFormat::json;
  std::string out;
  out.reserve(256);
  if (json) out += "{\"time\":\"";
  append_time(out, when);
  out += json ? "\",\"level\":\"" : " ";
  out += level_names[static_cast<std::size_t>(level)];
  out += json ? "\",\"event\":\"" : " ";
  out += event;
  if (json) out += '"';
  for (const Field& field : fields) {
    json ? append_json_field(out, field) : append_text_field(out, field);
  }
  if (json) out += '}';
  return out;
}

}  // namespace server::insight
