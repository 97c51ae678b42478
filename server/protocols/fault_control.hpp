// A FaultControl: what the line protocol asks of the stage that serves its connection through
// faults. One a connection, on the connection's thread; nothing here waits. Only where the listener
// says so (fault_in_band): elsewhere there is none. All of it throws std::bad_alloc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "streams/faults/fault.hpp"

namespace server::protocols {

class FaultControl {
 public:
  /// One fault more for this connection. Its bytes count from `behind` bytes after all that the
  /// protocol has written so far, its lines from the one after that which is being executed, its
  /// time from now. Empty if it was added, else why it was not: static.
  virtual std::string_view add(const faults::Fault& fault, std::size_t behind) = 0;
  /// The faults in force, in their order, each a line of printable text.
  virtual std::vector<std::string> show() const = 0;
  /// None any more, those of the listener neither, once all that the protocol has written so far
  /// has passed, or is held up for good: so it does not matter how far that has come.
  virtual void clear() = 0;

 protected:
  ~FaultControl() = default;
};

}  // namespace server::protocols
