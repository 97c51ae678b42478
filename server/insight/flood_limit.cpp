#include "server/insight/flood_limit.hpp"

#include <algorithm>
#include <utility>

namespace server::insight {

bool FloodLimit::admit(std::string_view event, config::LogLevel level, std::uint64_t most,
                       Clock::time_point now) {
  Kind& kind = kinds_.try_emplace(event, Kind{level, now}).first->second;
  // While a count is not told, nothing comes before it.
  if (kind.suppressed == 0 && now - kind.began >= window) {
    kind.began = now;
    kind.written = 0;
    kind.level = level;
  }
  kind.level = std::max(kind.level, level);
  if (kind.suppressed == 0 && kind.written < most) {
    ++kind.written;
    return true;
  }
  ++kind.suppressed;
  return false;
}

std::optional<FloodLimit::Clock::time_point> FloodLimit::next() const noexcept {
  std::optional<Clock::time_point> first;
  for (const auto& [event, kind] : kinds_) {
    const Clock::time_point end = kind.began + window;
    if (kind.suppressed != 0 && (!first || end < *first)) first = end;
  }
  return first;
}

std::optional<FloodLimit::Suppressed> FloodLimit::take(Clock::time_point now) noexcept {
  for (auto& [event, kind] : kinds_) {
    if (kind.suppressed == 0 || now - kind.began < window) continue;
    kind.began = now;
    kind.written = 0;
    return Suppressed{event, kind.level, std::exchange(kind.suppressed, 0)};
  }
  return std::nullopt;
}

}  // namespace server::insight
