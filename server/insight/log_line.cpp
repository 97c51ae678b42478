#include "server/insight/log_line.hpp"

#include <array>
#include <charconv>

#include "server/insight/journal.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/json.hpp"
#include "streams/text/timestamp.hpp"

namespace server::insight {
namespace {

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

/// Whether the text could be taken for something else, or has to be escaped.
bool needs_quotes(std::string_view text) noexcept {
  if (text.empty()) return true;
  for (const char c : text) {
    if (!text::is_printable(c) || c == '"' || c == '\\' || c == ' ' || c == '=') return true;
  }
  return false;
}

void append_text_field(std::string& out, const Field& field) {
  out += ' ';
  out += field.name;
  out += '=';
  const auto* text = std::get_if<std::string_view>(&field.value);
  if (text == nullptr) return append_number(out, field);
  if (!needs_quotes(*text)) {
    out += *text;
    return;
  }
  out += '"';
  text::append_escaped(out, *text);
  out += '"';
}

void append_json_field(std::string& out, const Field& field) {
  out += ",\"";
  out += field.name;
  out += "\":";
  const auto* text = std::get_if<std::string_view>(&field.value);
  if (text == nullptr) return append_number(out, field);
  text::append_json_bytes(out, *text);
}

/// `listener` as ECHOLINE_LISTENER.
void append_journal_name(std::string& out, std::string_view field) {
  out += "ECHOLINE_";
  if (field == "id") field = "session";
  for (const char c : field) {
    if (c >= 'a' && c <= 'z') {
      out += static_cast<char>(c - 'a' + 'A');
    } else {
      out += c == '-' ? '_' : c;
    }
  }
}

void append_journal_field(std::string& out, const Field& field) {
  append_journal_name(out, field.name);
  out += '=';
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    text::append_escaped(out, *text);
  } else {
    append_number(out, field);
  }
  out += '\n';
}

}  // namespace

std::string format_line(config::LogFormat format, std::chrono::system_clock::time_point when,
                        config::LogLevel level, std::string_view event,
                        std::span<const Field> fields) {
  const bool json = format == config::LogFormat::json;
  std::string out;
  out.reserve(256);
  // In each line: a journal and a log that is rotated have no first one.
  if (json) out += R"({"schema":"echolined.log/2","time":")";
  text::append_timestamp(out, when, text::Fraction::milliseconds);
  out += json ? "\",\"level\":\"" : " ";
  out += config::log_level_words[static_cast<std::size_t>(level)];
  out += json ? "\",\"event\":\"" : " ";
  out += event;
  if (json) out += '"';
  for (const Field& field : fields) {
    json ? append_json_field(out, field) : append_text_field(out, field);
  }
  if (json) out += '}';
  return out;
}

std::string format_record(config::LogFormat format, std::chrono::system_clock::time_point when,
                          config::LogLevel level, std::string_view event,
                          std::span<const Field> fields) {
  std::string out;
  out.reserve(512);
  // First what must be there if the rest is cut off.
  (out += "PRIORITY=") += priority(level);
  out += "\nSYSLOG_IDENTIFIER=echolined\nMESSAGE=";
  if (format == config::LogFormat::json) {
    out += format_line(format, when, level, event, fields);
  } else {
    out += event;
    for (const Field& field : fields) append_text_field(out, field);
  }
  (out += "\nECHOLINE_EVENT=") += event;
  out += '\n';
  for (const Field& field : fields) append_journal_field(out, field);
  out.pop_back();  // whoever puts records together ends each
  return out;
}

}  // namespace server::insight
