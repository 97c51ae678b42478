// Strings of JSON (RFC 8259), with their quotes. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace text {

/// Appends `utf8` as a string. Bytes that are not UTF-8 become U+FFFD each.
void append_json_string(std::string& out, std::string_view utf8);
std::string json_string(std::string_view utf8);

/// Appends bytes of no known encoding as a string. Where all of them are UTF-8 they are that text,
/// with control characters, U+007F to U+009F too, as \u00NN. Where they are not, each that is not
/// printable ASCII is the character of its number, \u00NN, so that none is lost.
void append_json_bytes(std::string& out, std::string_view bytes);

}  // namespace text
