// Lines as a peer sends them. Pure functions, any thread.
#pragma once

#include <string_view>

namespace text {

/// `line` without its CR LF or LF, or the CR that is left where the LF was not read. A view into
/// it.
inline std::string_view without_end(std::string_view line) noexcept {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace text
