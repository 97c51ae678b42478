// Pacer: hands the open loop's requests to the dispatcher at the moments when they are due, and
// counts how late that was. It has the alarm of its thread's loop, which says how the time until
// then is spent. The loop's thread; pinned.
#pragma once

#include <cstdint>

#include "client/load/arrivals.hpp"
#include "client/load/plan.hpp"
#include "client/load/thread_context.hpp"
#include "streams/event_loop.hpp"

namespace client::load {

class Pacer final : public Pacing, private streams::EventLoop::Alarm {
 public:
  /// Begins at `start`, when the first may be due, and ends before `end`. Closes the context's
  /// progress after the last.
  Pacer(ThreadContext& context, const Arrivals& arrivals, Time start, Time end);
  ~Pacer();
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  void look(Time now) noexcept override {
    if (next_ <= now) hand_over(now);
  }
  /// Hands out nothing any more. What was due before `now` is in the tally as unsent.
  void stop(Time now);

 private:
  void on_time() noexcept override;
  void hand_over(Time now) noexcept;
  void find_next() noexcept;
  void wake_for_next() noexcept;

  ThreadContext& context_;
  Arrivals arrivals_;
  Time start_;
  Time end_;
  Time next_;  // Time::max() after the last
  const std::uint64_t max_open_;
  Time held_until_;  // what was due before had to wait for others, not for us
};

}  // namespace client::load
