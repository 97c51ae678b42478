#include "streams/semaphore.hpp"

#include <utility>

#include "streams/misuse.hpp"

namespace streams {

void Permit::release() noexcept {
  Semaphore* const semaphore = std::exchange(semaphore_, nullptr);
  if (semaphore == nullptr) return;
  if (semaphore->loop_.running_in_this_thread()) {
    semaphore->release(1);
  } else {
    semaphore->request();
  }
}

Semaphore::~Semaphore() {
  if (!waiting_.empty()) fatal_misuse("a Semaphore was destroyed while somebody waits for it");
}

Permit Semaphore::try_acquire() noexcept {
  if (closed_ || free() == 0) return {};
  ++out_;
  return Permit(*this);
}

void Semaphore::release(std::size_t permits) noexcept {
  out_ -= permits;
  serve_waiting();
}

void Semaphore::resize(std::size_t permits) noexcept {
  capacity_ = permits;
  serve_waiting();
}

// Handed over, not freed: nobody can come between.
void Semaphore::serve_waiting() noexcept {
  while (!waiting_.empty() && free() != 0) {
    Awaiter& next = waiting_.front();
    ++out_;
    next.permit_ = Permit(*this);
    next.wake();
  }
}

void Semaphore::close() noexcept {
  closed_ = true;
  waiting_.for_each([](Awaiter& waiter) { waiter.wake(); });
}

}  // namespace streams
