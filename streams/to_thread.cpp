#include "streams/to_thread.hpp"

#include <atomic>
#include <system_error>
#include <thread>

namespace streams {
namespace {

std::atomic<int> abandoned{0};

}  // namespace

void ThreadCall::start(std::shared_ptr<ThreadCall> call) {
  if (abandoned.load() >= most_abandoned) {
    // Not EAGAIN, which tells of the system's limits: no raised limit helps here.
    throw std::system_error(std::make_error_code(std::errc::device_or_resource_busy),
                            "too many threads that were given up");
  }
  ThreadCall& started = *call;
  const std::lock_guard lock(started.mutex_);
  try {
    std::thread([call = std::move(call)] {
      call->call();
      call->tell();
    }).detach();
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "cannot start a thread");
  }
  started.started_ = true;
}

void ThreadCall::tell() noexcept {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  if (interest_ != nullptr) {
    interest_->request();
  } else {
    abandoned.fetch_sub(1);
  }
}

ThreadCall::Interest::Interest(EventLoop& loop, ThreadCall& call) noexcept
    : ThreadsafeCall(loop), thread_call_(call), ended_(loop), work_(loop.context().get_executor()) {
  call.interest_ = this;
}

ThreadCall::Interest::~Interest() {
  const std::lock_guard lock(thread_call_.mutex_);
  thread_call_.interest_ = nullptr;
  if (thread_call_.started_ && !thread_call_.ended_) abandoned.fetch_add(1);
}

}  // namespace streams
