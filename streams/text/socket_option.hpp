// Options of a socket as a person writes them, and what to do where the system refuses one. Pure
// functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "streams/text/units.hpp"

namespace text {

/// Reads a code point of differentiated services: 0 to 63, or its name in lower case: `cs0` to
/// `cs7`, `af11` to `af43`, `ef`, `va` or `le` (RFC 2474, 2597, 3246, 5865, 8622).
Parsed<unsigned> parse_dscp(std::string_view text);

/// Its name where it has one, else its number.
std::string format_dscp(unsigned dscp);

/// What to do about an option that the system has refused with `error`, an errno value; empty where
/// nothing is known to help. `option` is called as in a configuration, `device`.
std::string option_remedy(std::string_view option, int error);

}  // namespace text
