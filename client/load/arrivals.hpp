// Arrivals: one thread's share of the open loop's requests, one after the other: when each is due,
// and on which of the thread's connections. A constant rate gives the connections of all threads
// their turns evenly phased; Poisson arrivals come to each thread on its own, which together are
// Poisson arrivals again. One thread; refers to the schedule.
#pragma once

#include <cstddef>
#include <cstdint>

#include "client/load/plan.hpp"
#include "client/load/random.hpp"
#include "client/load/schedule.hpp"
#include "client/load/share.hpp"

namespace client::load {

class Arrivals {
 public:
  struct Due {
    Duration time;           ///< since the schedule's start
    std::size_t connection;  ///< of the thread's connections, from 0
  };

  Arrivals(const Schedule& schedule, const Plan& plan, const Share& share);

  /// The next one. Its time is Duration::max() when there is none.
  const Due& front() const noexcept { return front_; }
  void pop() noexcept;

  /// Those from front() on that are due before `time`, more than can be taken one by one.
  struct Rest {
    std::uint64_t count = 0;
    double from = 0;  ///< positions in the schedule, evenly filled
    double until = 0;
  };
  Rest rest_before(Duration time) const noexcept;
  const Schedule& schedule() const noexcept { return schedule_; }

 private:
  void compute() noexcept;

  const Schedule& schedule_;
  Arrival arrival_;
  Share share_;
  Duration warmup_;
  std::uint64_t limit_;  // requests of this thread that are due after the warm-up
  double measured_from_;
  double end_;  // of the positions, when evenly phased
  Random random_;
  double position_ = 0;
  std::uint64_t round_ = 0;
  std::size_t connection_ = 0;
  Due front_{};
};

}  // namespace client::load
