// Spinning: how long a loop has spun for nothing, and whether it may spin at all: not where the
// scheduler makes its thread wait. Who spins on a processor that others need delays them, uses up
// its own share, and is late when it matters. A member of the loop; its thread only.
#pragma once

#include <algorithm>
#include <chrono>

namespace streams {

class Spinning {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::nanoseconds;

  /// How often the scheduler is asked, while the loop spins.
  static constexpr Duration window = std::chrono::milliseconds{20};
  /// The share of a window that the thread may have waited for a processor.
  static constexpr double tolerable = 0.1;
  /// For how long it does not spin then; twice as long each time that a window fails again.
  static constexpr Duration shortest_pause = std::chrono::milliseconds{100};
  static constexpr Duration longest_pause = std::chrono::seconds{2};

  /// Whether to spin at `now`, which does not go back.
  bool is_worthwhile(Clock::time_point now) noexcept {
    if (now < ask_again_) [[likely]] {
      return !paused_;
    }
    ask(now, run_delay());
    return !paused_;
  }
  /// How long the calling thread has waited for a processor in all its life, by schedstat of
  /// proc(5); 0 where the kernel does not tell. Keeps no descriptor: a thread may have a table of
  /// its own, which others that destroy the loop do not see.
  static Duration run_delay() noexcept;
  /// `waited` is the run_delay() of `now`.
  void ask(Clock::time_point now, Duration waited) noexcept;

  /// A look at everything took so long and found nothing. What is much longer than a look takes was
  /// somebody else's time on the processor.
  void looked_in_vain(Duration took) noexcept { spent_ += std::min(took, longest_look); }
  /// On the processor, for nothing.
  Duration spent() const noexcept { return spent_; }

 private:
  static constexpr Duration longest_look = std::chrono::microseconds{100};

  bool paused_ = true;  // until the first window begins
  Clock::time_point ask_again_{};
  Clock::time_point asked_{};
  Duration waited_{0};  // when the window began
  Duration pause_ = shortest_pause;
  Duration spent_{0};
};

}  // namespace streams
