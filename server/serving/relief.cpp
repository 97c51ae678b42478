#include "server/serving/relief.hpp"

#include <algorithm>
#include <new>
#include <span>

#include "server/serving/session.hpp"

namespace server::serving {

Relief::Relief(Sessions& sessions, streams::BufferBudget& budget)
    : sessions_(sessions), budget_(budget), timer_(sessions.loop) {
  timer_.reserve();
}

void Relief::look() noexcept {
  if (has_ended_) return;
  streams::BufferPool& pool = sessions_.loop.buffers();
  pool.economise();
  const auto now = Shedding::Clock::now();
  const bool is_exhausted = budget_.is_exhausted();
  std::size_t ending = 0;
  if (is_exhausted) {
    sessions_.for_each([&ending](Session& session) {
      if (session.is_shed()) ending += session.held();
    });
  }
  const std::size_t bytes =
      shedding_.look({is_exhausted, budget_.limit(), budget_.taken(), pool.taken(), ending}, now);
  if (!is_exhausted) {
    holders_.clear();
    first_taken_.clear();
    return;
  }
  timer_.call_later(Shedding::look_interval, [this] { look(); });
  shed(bytes, now);
}

// Also where nobody is to go yet: for how much each takes from now on.
void Relief::shed(std::size_t bytes, Shedding::Clock::time_point now) noexcept try {
  find_holders();
  if (bytes == 0) return;
  const std::size_t count = Shedding::choose(holders_, bytes);
  const auto end = holders_.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::sort(holders_.begin(), end, {}, &Shedding::Holder::id);
  const std::span<const Shedding::Holder> chosen(holders_.begin(), end);
  sessions_.for_each([chosen, now](Session& session) {
    if (std::ranges::binary_search(chosen, session.id(), {}, &Shedding::Holder::id)) {
      session.shed(now);
    }
  });
} catch (const std::bad_alloc&) {
  shed_any(bytes, now);
}

void Relief::find_holders() {
  holders_.clear();
  sessions_.for_each([this](Session& session) {
    const std::size_t held = session.held();
    if (held == 0 || session.is_shed()) return;
    const std::uint64_t taken = session.taken();
    const std::uint64_t first = first_taken_.try_emplace(session.id(), taken).first->second;
    holders_.push_back({session.id(), held, taken - first});
  });
}

// Without memory to choose.
void Relief::shed_any(std::size_t bytes, Shedding::Clock::time_point now) noexcept {
  std::size_t shed = 0;
  sessions_.for_each([&](Session& session) {
    const std::size_t held = session.held();
    if (held == 0 || shed >= bytes || session.is_shed()) return;
    shed += held;
    session.shed(now);
  });
}

}  // namespace server::serving
