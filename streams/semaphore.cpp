#include "streams/semaphore.hpp"

#include <cassert>

namespace streams {

void Permit::release() noexcept {
  Semaphore* const home = std::exchange(home_, nullptr);
  if (home == nullptr) return;
  if (home->loop_.running_in_this_thread()) {
    home->release();
  } else {
    home->loop_.call_soon_threadsafe([home] { home->release(); });
  }
}

Semaphore::~Semaphore() { assert(waiting_.empty() && "a Semaphore outlives those who wait"); }

Permit Semaphore::try_acquire() noexcept {
  if (closed_ || free_ == 0) return {};
  --free_;
  return Permit(*this);
}

void Semaphore::release() noexcept {
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  // Handed over, not freed: nobody can come between.
  Awaiter& next = waiting_.front();
  next.permit_ = Permit(*this);
  next.wake();
}

void Semaphore::close() noexcept {
  closed_ = true;
  waiting_.for_each([](Awaiter& waiter) { waiter.wake(); });
}

}  // namespace streams
