// Bytes that may come from anywhere, made fit for a line of a log, a terminal, a reply or a
// message. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace text {

/// Whether a byte is printable ASCII: from the space to the tilde.
constexpr bool is_printable(char c) noexcept { return c >= ' ' && c <= '~'; }

/// How escaped() writes what is not left as it is.
struct Escapes {
  char quote = '"';                 ///< written behind a backslash, as is the backslash itself
  std::string_view number = "\\x";  ///< before the two hexadecimal digits of a byte
  bool named = false;               ///< CR, LF and TAB as \r, \n and \t
};

/// Appends `bytes`: every byte that is not printable ASCII as \xNN, quotes and backslashes behind a
/// backslash, so that no value can end a line or its quotes, or steer a terminal.
void append_escaped(std::string& out, std::string_view bytes, const Escapes& how = {});
std::string escaped(std::string_view bytes, const Escapes& how = {});

/// Appends a byte in two lower-case hexadecimal digits.
void append_hex(std::string& out, unsigned char byte);
/// Every byte in two lower-case hexadecimal digits, without anything between them.
std::string hex(std::string_view bytes);

/// `text` with each control character replaced by `instead`: one line, in any encoding that has
/// ASCII in it.
std::string printable(std::string_view text, char instead = '?');

/// `text` in double quotes, as it is: for messages, whose writer makes the whole printable().
std::string quoted(std::string_view text);

}  // namespace text
