// How many processors a run may keep busy with waiting: a thread that spins where it shares one
// delays what it measures. Asks the kernel; any thread.
#pragma once

#include <cstddef>

namespace client::load {

/// What the machine and its keeper let this process have.
struct Processors {
  std::size_t allowed = 1;  ///< that our threads may run on
  std::size_t online = 1;   ///< that the machine has
  bool limited = false;     ///< the control group has a quota of their time

  /// sched_getaffinity(2), and cpu.max of the kernel's cgroup-v2 documentation.
  static Processors of_this_process();

  /// Whether so many threads of ours can spin with a processor each, and one left for the service.
  bool let_spin(std::size_t threads) const noexcept {
    return !limited && threads <= allowed && threads < online;
  }
};

}  // namespace client::load
