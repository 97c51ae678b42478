#include "streams/watched_descriptor.hpp"

#include <utility>

#include "streams/misuse.hpp"

namespace streams {

WatchedDescriptor::WatchedDescriptor(EventLoop& loop, int fd) : loop_(loop), fd_(fd) {
  loop_.readiness().add(fd_, *this);
}

// Others may hold the same socket, such as a service manager: closing ours would not end the
// events.
WatchedDescriptor::~WatchedDescriptor() { loop_.readiness().remove(*this, fd_); }

bool WatchedDescriptor::suspend(std::coroutine_handle<> frame, CancelScope& scope) {
  if (scope_ != nullptr) misuse("a second wait for a WatchedDescriptor");
  happened_ = false;
  if (!scope.enter(*this)) return false;
  scope_ = &scope;
  frame_ = frame;
  if (ready_) tell();
  return true;
}

void WatchedDescriptor::on_ready(std::uint32_t events) noexcept {
  if ((events & ~std::uint32_t{EPOLLOUT}) == 0) return;
  ready_ = true;
  if (scope_ != nullptr) tell();
}

void WatchedDescriptor::tell() noexcept {
  ready_ = false;
  happened_ = true;
  cancel_wait();
}

void WatchedDescriptor::cancel_wait() noexcept {
  std::exchange(scope_, nullptr)->leave();
  loop_.resume_soon(frame_);
}

}  // namespace streams
