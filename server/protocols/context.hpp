// What the line commands and the handlers may know of the server around them. One a listener; it
// outlives the listener's sessions. Constant: every worker's thread reads it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace server::protocols {

/// Where STATS gets its figures.
struct StatsSource {
  /// Appends names and values. Called on any worker's thread, also by several at once. The names
  /// hold no line end and outlive the call.
  virtual void stats(std::vector<std::pair<std::string_view, std::uint64_t>>& out) const = 0;

 protected:
  ~StatsSource() = default;
};

struct Context {
  std::string_view version;  ///< of this program, "0.1.0"; static
  std::size_t max_line;      ///< in bytes, the line end not counted
  const StatsSource& stats;
  std::chrono::system_clock::time_point (*now)();  ///< the wall clock
};

}  // namespace server::protocols
