#include "server/serving/shedding.hpp"

#include <algorithm>

#include "streams/buffer_budget.hpp"

namespace server::serving {
namespace {

/// In looks, of whatever length; one that takes nothing is as slow as one that takes a byte.
double time_to_go(const Shedding::Holder& holder) noexcept {
  return static_cast<double>(holder.held) / static_cast<double>(holder.taken + 1);
}

}  // namespace

std::size_t Shedding::look(const Seen& seen, Clock::time_point now) noexcept {
  using streams::BufferBudget;
  if (!seen.exhausted) {
    since_.reset();
    return 0;
  }
  if (!since_) since_ = now;
  const std::size_t target = target_of(seen.limit);
  const bool is_time =
      now - *since_ >= patience || seen.taken > BufferBudget::excess_of(seen.limit);
  if (!is_time || seen.taken <= target) return 0;
  const double part = static_cast<double>(seen.own) / static_cast<double>(seen.taken);
  const auto share = static_cast<std::size_t>(static_cast<double>(seen.taken - target) * part) + 1;
  return share > seen.ending ? share - seen.ending : 0;
}

std::size_t Shedding::choose(std::span<Holder> holders, std::size_t bytes) noexcept {
  std::ranges::sort(holders, [](const Holder& one, const Holder& other) {
    const double ones = time_to_go(one);
    const double others = time_to_go(other);
    // The younger one of two that are alike.
    return ones != others ? ones > others : one.id > other.id;
  });
  std::size_t count = 0;
  for (std::size_t held = 0; count < holders.size() && held < bytes; ++count) {
    held += holders[count].held;
  }
  return count;
}

}  // namespace server::serving
