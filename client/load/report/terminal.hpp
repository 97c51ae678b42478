// What the other end of a descriptor can show. Asks the kernel and the environment; on the thread
// that writes.
#pragma once

#include <cstddef>

#include "client/load/report/style.hpp"

namespace client::load::report {

/// Whether text can be redrawn there: a terminal, and not TERM=dumb.
bool can_redraw(int descriptor);

/// Colours on such a terminal unless NO_COLOR is set and not empty; Unicode unless the locale of
/// the environment says that it has none.
Style style_of(int descriptor);

/// The columns of the terminal, 80 if it does not tell.
std::size_t width_of(int descriptor);

}  // namespace client::load::report
