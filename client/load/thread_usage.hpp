// ThreadUsage: what a thread has cost so far, as the kernel accounts for it. Two of them tell how
// busy a generator was, and how long it was ready to run and had no processor. A value.
#pragma once

#include "client/load/plan.hpp"

namespace client::load {

struct ThreadUsage {
  Time at;
  Duration on_cpu{0};
  Duration spun{0};    ///< of that, with nothing to do
  Duration waited{0};  ///< ready without a processor; 0 where the kernel does not tell

  /// Of the calling thread: CLOCK_THREAD_CPUTIME_ID, schedstat of proc(5), and what its loop has
  /// `spun`.
  static ThreadUsage of_this_thread(Duration spun);
};

/// What share of a stretch a thread worked, and what share it waited to run; 0 to 1.
struct ThreadLoad {
  double busy = 0;
  double waited = 0;
};

ThreadLoad between(const ThreadUsage& begin, const ThreadUsage& end) noexcept;

}  // namespace client::load
