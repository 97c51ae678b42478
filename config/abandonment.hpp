// An Abandonment: how the one who waits for a thread gives it up. The thread waits for the outside,
// a file or a name server, and can be given up for as long as it does; what it has begun it ends.
// Shared by the two, on any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "streams/unique_fd.hpp"

namespace config {

class Abandonment {
 public:
  using Clock = std::chrono::steady_clock;

  /// Throws std::system_error for lack of descriptors.
  Abandonment();

  /// The one who waits has no more use for the thread, which does nothing more. False while it is
  /// at work, or has waited for less than `patience` for the same thing: what it has taken from a
  /// pipe is nowhere else, and between two waits it is soon done. Ask again later.
  bool give_up(Clock::duration patience = {}) noexcept;
  /// The same, whatever it is at: what it has begun it ends, and then it begins nothing more.
  void give_up_for_good() noexcept;
  /// The thread does not only wait any more. False when it was given up.
  bool begin_work() noexcept { return !for_good_ && change(Stage::waiting, Stage::working); }
  /// It waits again.
  void end_work() noexcept {
    waiting_since_ = Clock::now();
    change(Stage::working, Stage::waiting);
  }
  /// Readable from give_up() on, for poll(2).
  int descriptor() const noexcept { return wake_.get(); }

 private:
  enum class Stage : std::uint8_t { waiting, working, given_up };

  bool change(Stage from, Stage to) noexcept { return stage_.compare_exchange_strong(from, to); }

  const streams::UniqueFd wake_;
  std::atomic<Clock::time_point> waiting_since_{Clock::now()};
  std::atomic<Stage> stage_{Stage::waiting};
  std::atomic<bool> for_good_{false};
};

}  // namespace config
