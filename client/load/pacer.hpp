// Pacer: hands the open loop's requests to their lanes at the moments when they are due, and counts
// how late that was. One timerfd(2) for a whole thread, in the loop's readiness set: it costs a
// system call for each wake-up, not for each request, and is precise to microseconds. The loop's
// thread; pinned.
#pragma once

#include <memory>
#include <span>

#include "client/load/arrivals.hpp"
#include "client/load/clock.hpp"
#include "client/load/crew.hpp"
#include "client/load/lane.hpp"
#include "streams/event_loop.hpp"
#include "streams/readiness.hpp"
#include "streams/unique_fd.hpp"

namespace client::load {

class Pacer final : public Pacing, private streams::ReadinessSet::Handler {
 public:
  /// Begins at `start`, when the first may be due, and ends before `end`. Closes the crew's
  /// progress after the last. Throws std::system_error.
  Pacer(Crew& crew, std::span<const std::unique_ptr<Lane>> lanes, const Arrivals& arrivals,
        Time start, Time end);
  ~Pacer();
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  void look(Time now) noexcept override {
    if (next_ <= now) hand_over(now);
  }
  /// Nothing is due any more.
  void stop() noexcept;

 private:
  void on_ready(std::uint32_t events) noexcept override;
  void hand_over(Time now) noexcept;
  void find_next() noexcept;
  void wake_at_next() noexcept;

  Crew& crew_;
  std::span<const std::unique_ptr<Lane>> lanes_;
  Arrivals arrivals_;
  Time start_;
  Time end_;
  Time next_;  // Time::max() after the last
  streams::UniqueFd timer_;
};

}  // namespace client::load
