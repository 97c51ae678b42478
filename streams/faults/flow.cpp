#include "streams/faults/flow.hpp"

namespace faults {

Step Flow::next(std::string_view available, bool at_end, Time) {
  if (available.empty()) return {.then = at_end ? Then::end : Then::more};
  position_ += available.size();
  return {.take = available.size(), .bytes = available};
}

}  // namespace faults
