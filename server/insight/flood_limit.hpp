// FloodLimit: how many lines of one kind the log takes in a second. What is beyond that is counted,
// and the count is told once the second is over. It does no I/O and has no clock; its owner locks.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "config/config.hpp"

namespace server::insight {

class FloodLimit {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds window{1};

  /// Lines of one kind that were not written.
  struct Suppressed {
    std::string_view event;
    config::LogLevel level;
    std::uint64_t count;
  };

  /// Whether a line of this event may be written, of which there are at most `most` in a window;
  /// the window begins with the first. `event` is static: there are as many kinds as events.
  /// Throws std::bad_alloc.
  bool admit(std::string_view event, config::LogLevel level, std::uint64_t most,
             Clock::time_point now);
  /// When the next count is to be told; nothing while there is none.
  std::optional<Clock::time_point> next() const noexcept;
  /// One of the counts that are to be told by `now`; nothing when there is none left.
  std::optional<Suppressed> take(Clock::time_point now) noexcept;

 private:
  struct Kind {
    config::LogLevel level;
    Clock::time_point began;
    std::uint64_t written = 0;
    std::uint64_t suppressed = 0;
  };
  std::map<std::string_view, Kind> kinds_;
};

}  // namespace server::insight
