// Relief: what a worker does while all buffers together take more than they may: looks at its
// sessions several times a second and ends those that Shedding chooses. Asleep otherwise. Of the
// worker, on its thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "server/serving/sessions.hpp"
#include "server/serving/shedding.hpp"
#include "streams/buffer_budget.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class Relief {
 public:
  /// Of clients' sessions, whose loop takes its buffers from `budget`. Both outlive this.
  Relief(Sessions& sessions, streams::BufferBudget& budget);

  /// The budget is exhausted, or even more so.
  void begin() noexcept { look(); }
  /// The worker has ended, and its loop is to.
  void end() noexcept {
    has_ended_ = true;
    timer_.cancel();
  }

 private:
  void look() noexcept;
  void shed(std::size_t bytes, Shedding::Clock::time_point now) noexcept;
  void find_holders();
  void shed_any(std::size_t bytes, Shedding::Clock::time_point now) noexcept;

  Sessions& sessions_;
  streams::BufferBudget& budget_;
  Shedding shedding_;
  streams::Timer timer_;
  std::vector<Shedding::Holder> holders_;
  std::unordered_map<std::uint64_t, std::uint64_t> first_taken_;  // as of a session's first look
  bool has_ended_ = false;
};

}  // namespace server::serving
