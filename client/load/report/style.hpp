// How text looks: with colours or without, in Unicode or in ASCII. Pure functions, any thread. Who
// writes asks the terminal (terminal.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace client::load::report {

enum class Tone : std::uint8_t { plain, strong, faint, good, bad, warning, accent };

struct Style {
  bool colour = false;
  bool unicode = true;

  /// `text` in a tone, if there are colours.
  std::string in(Tone tone, std::string_view text) const;
};

/// `text` with µ and the characters that bars are drawn with replaced by one ASCII letter each.
std::string to_ascii(std::string_view text);

}  // namespace client::load::report
