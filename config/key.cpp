#include "config/key.hpp"

#include <vector>

#include "config/units.hpp"
#include "streams/text/json.hpp"
#include "streams/text/number.hpp"
#include "streams/text/socket_option.hpp"

namespace config {
namespace {

// A basic string of TOML 1.0 is one of JSON in which DEL is escaped as well.
std::string toml_string(std::string_view text) {
  std::string out = text::json_string(text);
  for (std::size_t at = 0; (at = out.find('\x7f', at)) != std::string::npos;) {
    out.replace(at, 1, "\\u007f");
  }
  return out;
}

// Lines of a file may not be of any length.
constexpr std::size_t most_in_a_line = 4;
constexpr std::size_t most_text_in_a_line = 200;

std::string toml_array(const std::vector<std::string>& texts) {
  std::size_t size = 0;
  for (const std::string& text : texts) size += text.size();
  const bool is_long = texts.size() > most_in_a_line || size > most_text_in_a_line;
  std::string out = "[";
  for (const std::string& text : texts) {
    if (is_long) {
      out += "\n  ";
    } else if (out.size() > 1) {
      out += ", ";
    }
    out += toml_string(text);
    if (is_long) out += ',';
  }
  return out += is_long ? "\n]" : "]";
}

std::vector<std::string> texts_of(const std::vector<text::Network>& networks) {
  std::vector<std::string> texts;
  texts.reserve(networks.size());
  for (const text::Network& network : networks) texts.push_back(to_string(network));
  return texts;
}

bool is_boolean(std::string_view word) { return word == "true" || word == "false"; }

}  // namespace

std::string to_toml(const Key& key, const Setting& value) {
  if (key.unit == Unit::text) return toml_string(std::get<std::string>(value));
  if (key.unit == Unit::networks) {
    return toml_array(texts_of(std::get<text::NetworkSet>(value).networks()));
  }
  if (key.unit == Unit::texts) return toml_array(std::get<std::vector<std::string>>(value));
  const std::int64_t number = std::get<std::int64_t>(value);
  switch (key.unit) {
    case Unit::size: return toml_string(format_size(static_cast<std::uint64_t>(number)));
    case Unit::duration: return toml_string(format_duration(std::chrono::microseconds{number}));
    case Unit::dscp: {
      const std::string word = text::format_dscp(static_cast<unsigned>(number));
      return text::whole_number<unsigned>(word) ? word : toml_string(word);
    }
    case Unit::choice: {
      const std::string_view word = key.words[static_cast<std::size_t>(number)];
      return is_boolean(word) ? std::string{word} : toml_string(word);
    }
    default: return std::to_string(number);
  }
}

std::string range_of(const Key& key) {
  switch (key.unit) {
    case Unit::networks:
    case Unit::texts:
    case Unit::text: return {};
    case Unit::dscp: return std::to_string(key.range.min) + " to " + std::to_string(key.range.max);
    case Unit::choice: {
      std::string words;
      for (std::size_t i = 0; i < key.words.size(); ++i) {
        if (i != 0) words += ", ";
        words += to_toml(key, static_cast<std::int64_t>(i));
      }
      return words;
    }
    default: return to_toml(key, key.range.min) + " to " + to_toml(key, key.range.max);
  }
}

}  // namespace config
