#include "server/log_line.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace server {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

void append_time(std::string& out, std::chrono::system_clock::time_point when) {
  const auto since_epoch = when.time_since_epoch();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count() % 1000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 48> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  out.append(text.data(), size);
  const int written =
      std::snprintf(text.data(), text.size(), ".%03dZ", static_cast<int>(milliseconds));
  out.append(text.data(), static_cast<std::size_t>(written));
}

bool is_plain(unsigned char byte) noexcept {
  return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

// In JSON \x is no escape; \u00NN says the same of a byte.
void append_escaped(std::string& out, std::string_view text, std::string_view numeric) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (is_plain(byte)) {
      out += character;
    } else if (byte == '"' || byte == '\\') {
      out += '\\';
      out += character;
    } else {
      out += numeric;
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
}

void append_number(std::string& out, const Field& field) {
  if (const auto* integer = std::get_if<std::uint64_t>(&field.value)) {
    out += std::to_string(*integer);
  } else if (const auto* real = std::get_if<double>(&field.value)) {
    std::array<char, 32> text{};
    const int size = std::snprintf(text.data(), text.size(), "%.3f", *real);
    out.append(text.data(), static_cast<std::size_t>(size));
  }
}

bool needs_quotes(std::string_view text) noexcept {
  if (text.empty()) return true;
  for (const char character : text) {
    if (!is_plain(static_cast<unsigned char>(character)) || character == ' ' || character == '=') {
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

}  // namespace server
