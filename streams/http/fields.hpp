// The parts of HTTP/1.1 that requests and responses have in common (RFC 9112): the field lines of a
// head, and lists within a field. Pure; views are into what was handed in.
#pragma once

#include <string_view>

namespace http {

/// What a peer may send of one head: longer lines and more of them are refused.
inline constexpr std::size_t max_head_line = 8 * 1024;
inline constexpr std::size_t max_head_lines = 100;

/// Whether `text` is a token of RFC 9110, section 5.6.2: a method or the name of a field.
bool is_token(std::string_view text) noexcept;

/// ASCII only, as HTTP compares names.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// One field line, taken apart: an empty name is no field line. Space before the colon is refused,
/// and so is a line that goes on with another one (RFC 9112, section 5).
struct Field {
  std::string_view name;
  std::string_view value;  ///< without the space around it
};
Field parse_field(std::string_view line) noexcept;

/// Takes the next element off a list that is separated by `separator`, without the space around it.
std::string_view next_element(std::string_view& list, char separator) noexcept;

/// Whether a list with commas has `word` in it, in any case.
bool has_element(std::string_view list, std::string_view word) noexcept;

}  // namespace http
