// JSON text (RFC 8259), written from front to back. A value; whoever calls it keeps the order of
// keys, values, begins and ends, and asserts hold it to that. UTF-8 in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace client::load::report {

class JsonWriter {
 public:
  enum class Layout : std::uint8_t {
    lines,  ///< a member a line, indented
    line    ///< all in one line
  };

  explicit JsonWriter(Layout layout = Layout::lines) : layout_(layout) {}

  void begin_object(Layout layout = Layout::lines) { begin('{', layout); }
  void end_object() { end('}'); }
  void begin_array(Layout layout = Layout::lines) { begin('[', layout); }
  void end_array() { end(']'); }

  /// The name of the object's next member, whose value follows.
  void key(std::string_view name);

  /// A string. Bytes that are not UTF-8 become U+FFFD.
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view{text}); }
  void value(const std::string& text) { value(std::string_view{text}); }
  /// The shortest text that reads back the same; null for what is not finite.
  void value(double number);
  void value(std::uint64_t number);
  void value(std::int64_t number);
  void value(bool truth);
  void null();
  /// null for nothing.
  template <typename T>
  void value(const std::optional<T>& maybe) {
    maybe ? value(*maybe) : null();
  }

  template <typename T>
  void member(std::string_view name, const T& what) {
    key(name);
    value(what);
  }

  /// The document, once everything begun has ended; without a line feed at its end.
  const std::string& text() const;

 private:
  struct Level {
    Layout layout;
    bool empty = true;
  };

  void begin(char bracket, Layout layout);
  void end(char bracket);
  void separate();
  void new_line();

  Layout layout_;
  std::string out_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace client::load::report
