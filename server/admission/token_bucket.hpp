// A TokenBucket: so many a second, and so many at once after a pause. It is one moment, the one at
// which it would be full again, and needs no timer to fill. A value without a clock of its own.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace server::admission {

class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;

  /// What fills it, and how much it holds.
  struct Rate {
    Clock::duration interval{};  ///< between two; 0 is no rate at all
    Clock::duration size{};      ///< how long an empty one takes to fill

    /// Of `per_second`, 0 for no rate, and `burst` at once, at least 1.
    static constexpr Rate of(std::uint32_t per_second, std::uint32_t burst) noexcept {
      if (per_second == 0) return {};
      const auto interval = Clock::duration(std::chrono::seconds{1}) / per_second;
      return {interval, interval * burst};
    }
    explicit constexpr operator bool() const noexcept { return interval.count() != 0; }
  };

  /// Whether there is one to take. It begins full.
  bool has(const Rate& rate, Clock::time_point now) noexcept {
    // Of a rate that a reload has changed it holds no more than that allows.
    full_at_ = std::min(full_at_, now + rate.size);
    return full_at_ + rate.interval <= now + rate.size;
  }
  /// Takes one that there is.
  void take(const Rate& rate, Clock::time_point now) noexcept {
    full_at_ = std::max(full_at_, now) + rate.interval;
  }

 private:
  Clock::time_point full_at_{};
};

}  // namespace server::admission
