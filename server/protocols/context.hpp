// What the line commands and the handlers may know of the server around them. One a listener, which
// outlives the listener's sessions, or one of a session that has a FaultControl. Constant: every
// worker's thread reads it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "server/insight/registry.hpp"

namespace server::protocols {

/// The protocols' own keys of the configuration, each at its default; a protocol's row names those
/// that are its.
struct Options {
  std::size_t max_line = 8192;  ///< in bytes, the line end not counted
};

class AdminHost;
class FaultControl;
class Health;

/// Who is told where the replies of a protocol end, if anybody; it has one for each line.
class ReplyMarks {
 public:
  /// The reply to the next line is all that was written and not marked, be it nothing. Throws
  /// std::bad_alloc.
  virtual void reply_ends() = 0;

 protected:
  ~ReplyMarks() = default;
};

struct Context {
  std::string_view version;  ///< of this program, "0.2.0"; static
  Options options;
  const insight::Registry& stats;                  ///< what STATS tells
  std::chrono::system_clock::time_point (*now)();  ///< the wall clock
  AdminHost* admin = nullptr;      ///< of an own protocol, on the first worker's thread
  Health* health = nullptr;        ///< likewise
  FaultControl* faults = nullptr;  ///< of a connection that may ask for faults of its own
  ReplyMarks* marks = nullptr;     ///< of one with faults on replies
  /// The clock of STAMP, the kernel's CLOCK_MONOTONIC.
  std::chrono::steady_clock::time_point (*monotonic)() = std::chrono::steady_clock::now;
};

}  // namespace server::protocols
