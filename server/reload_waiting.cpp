#include "server/reload_waiting.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "streams/event.hpp"

namespace server {

/// In the frame of its coroutine.
class ReloadWaiting::Waiter {
 public:
  explicit Waiter(ReloadWaiting& all) : told(all.loop_), all_(&all) {
    all.waiting_.push_back(this);
  }
  ~Waiter() {
    if (all_ == nullptr) return;
    const auto found = std::ranges::find(all_->waiting_, this);
    if (static_cast<std::size_t>(found - all_->waiting_.begin()) < all_->served_) --all_->served_;
    all_->waiting_.erase(found);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// It is in the list no more.
  void leave() noexcept { all_ = nullptr; }

  streams::Event told;
  Outcome outcome;

 private:
  ReloadWaiting* all_;  // while it is in the list
};

ReloadWaiting::~ReloadWaiting() {
  for (Waiter* const waiter : waiting_) waiter->leave();
}

streams::Task<ReloadWaiting::Outcome> ReloadWaiting::wait() {
  Waiter waiter(*this);
  if (ended_) end();
  co_await waiter.told.wait();
  co_return std::move(waiter.outcome);
}

void ReloadWaiting::begin() noexcept { served_ = waiting_.size(); }

void ReloadWaiting::answer(const Outcome& outcome) noexcept {
  for (std::size_t i = 0; i < served_; ++i) {
    Waiter& waiter = *waiting_[i];
    try {
      waiter.outcome = outcome;
    } catch (const std::bad_alloc&) {
      waiter.outcome.errors.clear();
      waiter.outcome.done = outcome.done;
    }
    waiter.leave();
    waiter.told.set();
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(served_));
  served_ = 0;
}

void ReloadWaiting::end() noexcept {
  ended_ = true;
  Outcome outcome;
  try {
    outcome.errors.emplace_back("the daemon is stopping");
  } catch (const std::bad_alloc&) {
    // That it was not done is said all the same.
  }
  begin();
  answer(outcome);
}

}  // namespace server
