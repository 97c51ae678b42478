// ThreadUsage: what a thread has cost so far, as the kernel accounts for it. Two of them tell how
// busy a generator was, how long it was ready to run and had no processor, and whether it stood
// still. Values.
#pragma once

#include <cstdint>

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

/// What a thread did with a stretch of time; shares of it, 0 to 1.
struct ThreadLoad {
  double busy = 0;    ///< on a processor
  double waited = 0;  ///< ready to run, without a processor
  double spun = 0;    ///< of `busy`, with nothing to do

  double worked() const noexcept { return busy - spun; }
};

ThreadLoad between(const ThreadUsage& begin, const ThreadUsage& end) noexcept;

/// How often and how long a thread stood still.
struct Standstills {
  std::uint64_t count = 0;
  Duration total{0};
  Duration longest{0};
  Duration longest_from{0};  ///< about, since the measurement's start

  void add(Duration from, Duration length) noexcept;
};

/// How long a thread that had nothing to do but to wake after `asleep` neither ran nor waited for a
/// processor: it was stopped, or its machine was, or its memory had to be fetched. 0 or more.
Duration stood_still(const ThreadUsage& begin, const ThreadUsage& end, Duration asleep) noexcept;

}  // namespace client::load
