// Text in columns of a terminal. Pure functions on UTF-8 without control characters, any thread;
// every code point counts as one column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace client::load::report {

/// The columns that `text` takes.
std::size_t columns(std::string_view text);

/// `text` filled with spaces to `width` columns; longer text stays as it is.
std::string left(std::string_view text, std::size_t width);
std::string right(std::string_view text, std::size_t width);

/// The first `width` columns of `text` at most.
std::string_view cut(std::string_view text, std::size_t width);

/// `text` broken at its spaces into lines of at most `width` columns, those after the first behind
/// `indent` spaces that count. A longer word keeps a line to itself. No line feed at the end.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace client::load::report
