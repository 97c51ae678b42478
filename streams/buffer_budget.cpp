#include "streams/buffer_budget.hpp"

namespace streams {

void BufferBudget::set_limit(std::size_t limit) noexcept {
  limit_ = limit;
  judge(taken_);
}

void BufferBudget::judge(std::size_t taken) noexcept {
  const std::size_t limit = limit_;
  if (taken > limit) {
    if (!exhausted_.exchange(true)) {
      since_ = Clock::now().time_since_epoch().count();
      watcher_.exhausted();
    }
    if (taken > excess_of(limit) && !exceeded_.exchange(true)) watcher_.exceeded();
    return;
  }
  if (exceeded_) exceeded_ = false;
  if (!exhausted_ || taken > relief_of(limit) || !exhausted_.exchange(false)) return;
  const Clock::rep time = Clock::now().time_since_epoch().count() - since_;
  before_ += time;
  watcher_.relieved(Clock::duration(time));
}

BufferBudget::Clock::duration BufferBudget::time_exhausted() const noexcept {
  const Clock::rep now = Clock::now().time_since_epoch().count();
  return Clock::duration(before_ + (exhausted_ ? now - since_ : 0));
}

}  // namespace streams
