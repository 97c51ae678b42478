#include "streams/to_thread.hpp"

#include <chrono>
#include <new>
#include <thread>

namespace streams {

void ThreadCall::start(std::shared_ptr<ThreadCall> call) {
  std::thread([call = std::move(call)] {
    call->call();
    tell(call);
  }).detach();
}

void ThreadCall::tell(const std::shared_ptr<ThreadCall>& call) noexcept {
  for (;;) {
    {
      const std::lock_guard lock(call->mutex_);
      if (call->loop_ == nullptr) return;
      try {
        call->loop_->call_soon_threadsafe([call] { call->ended_.set(); });
        return;
      } catch (const std::bad_alloc&) {
        // Somebody waits for this, and there will be memory again.
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

// Waits for a thread that is in the middle of telling the loop, which may be gone after this.
ThreadCall::Interest::~Interest() {
  const std::lock_guard lock(call_.mutex_);
  call_.loop_ = nullptr;
}

}  // namespace streams
