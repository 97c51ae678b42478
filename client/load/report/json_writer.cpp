#include "client/load/report/json_writer.hpp"

#include <cassert>
#include <cmath>

#include "streams/text/json.hpp"
#include "streams/text/number.hpp"

namespace client::load::report {
void JsonWriter::key(std::string_view name) {
  assert(!after_key_);
  separate();
  text::append_json_string(out_, name);
  out_ += ": ";
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  text::append_json_string(out_, text);
}

void JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  text::append_number(out_, number);
}

void JsonWriter::value(std::uint64_t number) {
  separate();
  text::append_number(out_, number);
}

void JsonWriter::value(std::int64_t number) {
  separate();
  text::append_number(out_, number);
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

}  // namespace client::load::report
