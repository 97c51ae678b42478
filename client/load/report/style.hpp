// How text looks: with colours or without, in Unicode or in ASCII. What is asked of a
// terminal is asked by who writes to it; all else is pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace client::load::report {

enum class Tone : std::uint8_t { plain, strong, faint, good, bad, warning, accent };

struct Style {
  bool colour = false;
  bool unicode = true;
  std::size_t width = 80;  ///< columns that a report may take

  /// `text` in a tone, if there are colours.
  std::string in(Tone tone, std::string_view text) const;
};

/// `text` with µ and the characters that bars are drawn with replaced by one ASCII letter each.
std::string to_ascii(std::string_view text);

// What the other end of a descriptor can show: asks the kernel and the environment.

/// Whether text can be redrawn there: a terminal, and not TERM=dumb.
bool can_redraw(int descriptor);

/// Colours on such a terminal unless NO_COLOR is set and not empty; Unicode unless the locale of
/// the environment says that it has none; a terminal's width, up to 80.
Style style_of(int descriptor);

/// The columns of the terminal, 80 if it does not tell.
std::size_t width_of(int descriptor);

}  // namespace client::load::report
