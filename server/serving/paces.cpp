#include "server/serving/paces.hpp"

#include <iterator>
#include <new>
#include <utility>

namespace server::serving {

Pace* Paces::find(std::uint64_t id, Of what, std::uint64_t moved,
                  Pace::Clock::time_point now) noexcept try {
  const std::uint64_t key = id << 1U | static_cast<std::uint64_t>(what);
  Entry& entry = entries_.try_emplace(key, Entry{Pace(moved, now), true}).first->second;
  entry.asked = true;
  return &entry.pace;
} catch (const std::bad_alloc&) {
  return nullptr;
}

void Paces::forget_others() noexcept {
  for (auto at = entries_.begin(); at != entries_.end();) {
    const bool was_asked = std::exchange(at->second.asked, false);
    at = was_asked ? std::next(at) : entries_.erase(at);
  }
}

}  // namespace server::serving
