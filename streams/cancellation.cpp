#include "streams/cancellation.hpp"

#include <utility>

namespace streams {

void CancelScope::cancel() noexcept {
  if (cancelled_) return;
  cancelled_ = true;
  if (Cancellable* waiting = std::exchange(waiting_, nullptr)) waiting->cancel_wait();
}

}  // namespace streams
