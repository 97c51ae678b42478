// Backoff: how long to wait between attempts. Exponential, up to a cap, with full jitter (each
// delay is drawn anew between nothing and the current ceiling), so that many who failed together do
// not come back together: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015.
//
// A value: the same arguments give the same delays. It knows no clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace streams {

class Backoff {
 public:
  /// Of the delays.
  using Duration = std::chrono::steady_clock::duration;

  /// The ceiling begins at `first` and doubles up to `cap`; both 0 or more. Those who must not keep
  /// in step have different `seed`s. Throws Misuse when a delay is below 0.
  Backoff(Duration first, Duration cap, std::uint64_t seed);

  /// The next delay, 0 up to and including the ceiling.
  Duration next();
  /// After a success: the ceiling is `first` again.
  void reset() noexcept;
  /// What the next delay is at most.
  Duration ceiling() const noexcept { return ceiling_; }

 private:
  Duration first_;
  Duration cap_;
  Duration ceiling_;
  std::minstd_rand random_;
};

}  // namespace streams
