#include "config/document.hpp"

#include <algorithm>
#include <utility>

// This file alone compiles the parser, as a header, whatever a package's flags say about its
// shared library.
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#undef TOML_EXCEPTIONS
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#undef TOML_MAX_NESTED_VALUES
#define TOML_MAX_NESTED_VALUES 16
// toml++ 3.3 asserts, and without assertions tells the compiler to assume, that a table header has
// a key. A file may say otherwise; the parser then finds the error by itself.
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#if __has_include(<toml++/toml.hpp>)
#include <toml++/toml.hpp>
#else
#include <toml++/toml.h>
#endif

namespace config {
namespace {

Position place(const toml::source_region& region) {
  return {.line = static_cast<unsigned>(region.begin.line),
          .column = static_cast<unsigned>(region.begin.column)};
}

Kind kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: return Kind::string;
    case toml::node_type::integer: return Kind::integer;
    case toml::node_type::floating_point: return Kind::floating;
    case toml::node_type::boolean: return Kind::boolean;
    case toml::node_type::array: return Kind::array;
    case toml::node_type::table: return Kind::table;
    default: return Kind::date_time;
  }
}

// No configuration nests deeper than this.
constexpr int max_depth = 8;

// The parser bounds nested values but not the parts of a dotted key, a table each, and its
// destructors recurse: tens of thousands exhaust the stack. A key stands on one line.
constexpr std::size_t max_line_length = 1024;

bool check_line_lengths(std::string_view text, ErrorList& errors) {
  for (unsigned line = 1; !text.empty(); ++line) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    if (length > max_line_length) {
      errors.add({.line = line, .column = 1},
                 "this line has " + std::to_string(length) + " bytes; at most 1024 are allowed");
      return false;
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return true;
}

Value convert(const toml::node& node, int depth) {
  Value value;
  value.kind = kind_of(node);
  value.at = place(node.source());
  if (const auto* text = node.as_string()) value.text = text->get();
  if (const auto* number = node.as_integer()) value.number = number->get();
  if (const auto* boolean = node.as_boolean()) value.number = boolean->get() ? 1 : 0;
  if (depth == max_depth) return value;
  if (const auto* array = node.as_array()) {
    for (const toml::node& item : *array) value.items.push_back(convert(item, depth + 1));
  }
  if (const auto* table = node.as_table()) {
    for (const auto& [key, item] : *table) {
      Value& child = value.items.emplace_back(convert(item, depth + 1));
      child.key = key.str();
      child.key_at = place(key.source());
    }
    std::stable_sort(value.items.begin(), value.items.end(),
                     [](const Value& a, const Value& b) { return a.key_at < b.key_at; });
  }
  return value;
}

}  // namespace

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::string: return "a string";
    case Kind::integer: return "an integer";
    case Kind::floating: return "a number with a fraction";
    case Kind::boolean: return "a boolean";
    case Kind::date_time: return "a date or time";
    case Kind::array: return "an array";
    case Kind::table: return "a table";
  }
  return "nothing";
}

std::optional<Value> parse_document(std::string_view text, ErrorList& errors) {
  if (!check_line_lengths(text, errors)) return std::nullopt;
  const toml::parse_result result = toml::parse(text);
  if (!result) {
    errors.add(place(result.error().source()), result.error().description());
    return std::nullopt;
  }
  return convert(result.table(), 0);
}

}  // namespace config
