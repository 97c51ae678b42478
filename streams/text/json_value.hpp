// JsonValue: a document of JSON (RFC 8259), read as a whole into a tree. For what a person hands to
// a program, such as the report of a former run. Values; pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace text {

struct JsonValue {
  enum class Kind : std::uint8_t { null, truth, number, string, array, object };

  Kind kind = Kind::null;
  bool truth = false;
  double number = 0;
  std::string string;
  std::vector<JsonValue> items;    ///< of an array, or of an object's members
  std::vector<std::string> names;  ///< of an object's members, in the order of `items`

  /// The first member of that name; nullptr where there is none, or this is no object.
  const JsonValue* find(std::string_view name) const noexcept;
};

/// Objects and arrays within one another, so deep at most.
inline constexpr std::size_t deepest_json = 64;

struct ParsedJson {
  JsonValue value;
  std::string error;  ///< where it is no JSON: `line 3, column 7: ...`; else empty
};
/// Bytes that are not UTF-8 are taken as they are.
ParsedJson parse_json(std::string_view text);

}  // namespace text
