// UTF-8 (RFC 3629), character by character. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace text {

/// The length of the character at the front of `text`, which is not empty; 0 if there is none: no
/// surrogates, nothing overlong, nothing above U+10FFFF.
std::size_t character_at_front(std::string_view text) noexcept;

bool is_utf8(std::string_view text) noexcept;

/// Appends the character of that number, U+FFFD where it is none.
void append_character(std::string& out, char32_t number);

}  // namespace text
