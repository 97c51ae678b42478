// How many processors a run may keep busy with waiting: a thread that spins where it shares one
// delays what it measures. Asks the kernel; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace client::load {

/// What the machine and its keeper let this process have.
struct Processors {
  std::size_t allowed = 1;     ///< that our threads may run on
  std::size_t online = 1;      ///< that the machine has
  bool limited = false;        ///< the control group has a quota of their time
  std::vector<int> numbers{};  ///< of those that our threads may run on, in rising order

  /// sched_getaffinity(2), and cpu.max of the kernel's cgroup-v2 documentation.
  static Processors of_this_process();

  /// sched_getaffinity(2) of another process; empty when it has ended.
  static std::vector<int> of_process(int pid);

  /// Whether so many threads of ours can spin with a processor each, and one left for the service.
  bool let_spin(std::size_t threads) const noexcept {
    return !limited && threads <= allowed && threads < online;
  }
};

/// What the processors did so far, of all programs together. Two of them tell whether a run had
/// the machine to itself.
struct ProcessorTimes {
  using Duration = std::chrono::nanoseconds;

  Duration busy{0};
  Duration idle{0};
  Duration stolen{0};     ///< the hypervisor gave it to others
  Duration throttled{0};  ///< a quota held our control group; once for all of its threads

  /// Of the processors with these `numbers`, by stat of proc(5), and cpu.stat of cgroup-v2. What
  /// the kernel does not tell is 0.
  static ProcessorTimes so_far(const std::vector<int>& numbers);
};

/// `0-2,5`, as taskset(1) takes them.
std::string list_of(const std::vector<int>& numbers);

}  // namespace client::load
