// The language of faults: one fault is one line of text. Pure functions, any thread. Words are read
// in any case, and written in lower case.
//
//     FAULT  = ACTION [PLACE] [CHANCE] [SCOPE]
//     PLACE  = [at accept | at byte N | every SIZE | after line N | every line | after TIME]
//              [of input | of output]
//     CHANCE = with P%
//     SCOPE  = for first N of each source | for every Nth connection | for P% of connections
//
// SIZE and TIME are written as in the configuration: 64KiB, 2ms, 1m30s. Which places an action
// takes, and which is meant where none is written, stands in its row of actions.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "streams/faults/fault.hpp"

namespace faults {

/// Why text is no fault.
struct Wrong {
  std::size_t column = 0;  ///< where, from 1; 0 if nothing is wrong
  std::string what;        ///< for people, with what was meant: `"bite" is no place after "at"; did
                           ///< you mean "byte"?`
};

struct ParsedFault {
  Fault fault;
  Wrong wrong;

  explicit operator bool() const noexcept { return wrong.what.empty(); }
};

/// Bytes of the text of one fault.
inline constexpr std::size_t max_text = 256;

ParsedFault parse(std::string_view text);

/// The shortest text that parse() takes for the same fault, with its place.
std::string to_text(const Fault& fault);

}  // namespace faults
