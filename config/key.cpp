#include "config/key.hpp"

#include "config/suggest.hpp"
#include "config/units.hpp"

namespace config {
namespace {

// A basic string of TOML 1.0.
std::string toml_string(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      ((out += "\\u00") += hex[byte >> 4U]) += hex[byte & 0xfU];
    } else {
      out += c;
    }
  }
  return out += '"';
}

}  // namespace

std::string to_toml(const Key& key, const Setting& value) {
  if (key.unit == Unit::text) return toml_string(std::get<std::string>(value));
  const std::int64_t number = std::get<std::int64_t>(value);
  switch (key.unit) {
    case Unit::size: return toml_string(format_size(static_cast<std::uint64_t>(number)));
    case Unit::duration: return toml_string(format_duration(std::chrono::microseconds{number}));
    case Unit::choice: return toml_string(key.words[static_cast<std::size_t>(number)]);
    default: return std::to_string(number);
  }
}

std::string range_of(const Key& key) {
  switch (key.unit) {
    case Unit::text: return {};
    case Unit::choice: return listed(key.words, '"');
    default: return to_toml(key, key.range.min) + " to " + to_toml(key, key.range.max);
  }
}

}  // namespace config
