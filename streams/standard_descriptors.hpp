// The standard descriptors of a program that may be started without them. Call it first in main(),
// before anything is opened.
#pragma once

#include <system_error>

namespace streams {

/// Opens what is missing of descriptors 0, 1 and 2, so that no socket is ever taken for one of
/// them: a standard input is empty then, writing to a standard output fails, and what goes to a
/// standard error is lost. Returns what open(2) said of /dev/null.
std::error_code open_standard_descriptors() noexcept;

}  // namespace streams
