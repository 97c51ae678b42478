// Pages of HTML for reports: each is one file that asks for no other, with the style of all of them
// (style.cpp) and without a script. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace client::html {

/// `text` as content, or as the value of an attribute in double quotes. What is neither UTF-8 nor
/// printable becomes U+FFFD; a line feed stays.
std::string escaped(std::string_view text);

/// The whole document: `title` is text, `body` HTML.
std::string page(std::string_view title, std::string_view body);

/// What the pages look like, light and dark, narrow and wide: CSS.
extern const std::string_view style;

}  // namespace client::html
