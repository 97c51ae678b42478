// Sleeper: sleep_for() for those who must be able to sleep where there is no memory, because that
// is what they wait for: it has all that it needs from the start. One sleeps at a time. The loop's
// thread only.
#pragma once

#include <chrono>

#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/timer.hpp"

namespace streams {

class Sleeper {
 public:
  /// Throws std::bad_alloc.
  explicit Sleeper(EventLoop& loop) : over_(loop), timer_(loop) { timer_.reserve(); }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  /// True after `delay`, false when cancelled before. Throws nothing.
  Event::Awaiter sleep_for(std::chrono::steady_clock::duration delay) noexcept {
    over_.clear();
    timer_.call_later(delay, [this] { over_.set(); });
    return over_.wait();
  }

 private:
  Event over_;
  Timer timer_;
};

}  // namespace streams
