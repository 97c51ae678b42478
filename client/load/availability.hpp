// Availability: when there was a service, as one generator thread saw it: each hundredth of a
// second may be marked as one in which a request was under way that was answered, or as one in
// which requests or attempts to connect were failing. Those of all threads together say when the
// service was gone. One thread; a value without I/O.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

#include "client/load/plan.hpp"

namespace client::load {

/// A stretch without service, since the start of the measurement.
struct Outage {
  Duration from{0};
  Duration length{0};
};

class Availability {
 public:
  static constexpr Duration tick = std::chrono::milliseconds{10};

  /// Everything before `start` is left out.
  void begin(Time start) noexcept { start_ = next_ = start; }
  /// A request that was `sent` then was answered: there was a service in between.
  void served(Time sent, Time now) {
    if (now >= next_) [[unlikely]] {
      mark_served(sent, now);
    }
  }
  /// What was wanted since `since` had not been had by `now`.
  void failing(Time since, Time now);

  /// The stretches of a second or longer, up to `length` after the start, in which something was
  /// failing and no thread was served.
  static std::vector<Outage> outages(std::span<const Availability* const> threads, Duration length);

 private:
  void mark_served(Time sent, Time now);
  std::size_t index_of(Time time) const noexcept;

  Time start_ = Time::max();
  Time next_ = Time::max();  // the end of the last tick that is marked as served
  std::vector<bool> served_;
  std::vector<bool> failing_;
  std::size_t marked_from_ = 0;  // the latest stretch of failing ticks
  std::size_t marked_until_ = 0;
};

}  // namespace client::load
