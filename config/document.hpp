// A TOML document as a tree of plain values with their places, so that the rest of this folder
// knows nothing of the library that parsed it. Owns all its text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/error.hpp"

namespace config {

enum class Kind { string, integer, floating, boolean, date_time, array, table };

/// With its article, for messages: "a string", "an integer".
std::string_view name_of(Kind kind) noexcept;

struct Value {
  Kind kind = Kind::table;
  Position at;  ///< where it begins; of a [table], its header
  std::string key;
  Position key_at;
  std::string text;          ///< of a string
  std::int64_t number = 0;   ///< of an integer; of a boolean 0 or 1
  std::vector<Value> items;  ///< of an array or a table; a table's have their `key`, by place
};

/// The document's top-level table. Text that is not TOML, or has a line of more than 1024 bytes,
/// adds one error, and there is no value.
std::optional<Value> parse_document(std::string_view text, ErrorList& errors);

}  // namespace config
