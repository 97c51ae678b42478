#include "client/load/thread_usage.hpp"

#include <algorithm>
#include <ctime>

#include "streams/spinning.hpp"

namespace client::load {

ThreadUsage ThreadUsage::of_this_thread(Duration spun) {
  ThreadUsage usage;
  usage.spun = spun;
  usage.at = Clock::now();
  timespec cpu{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu) == 0) {
    usage.on_cpu = std::chrono::seconds{cpu.tv_sec} + std::chrono::nanoseconds{cpu.tv_nsec};
  }
  usage.waited = streams::Spinning::run_delay();
  return usage;
}

ThreadLoad between(const ThreadUsage& begin, const ThreadUsage& end) noexcept {
  const auto elapsed = static_cast<double>((end.at - begin.at).count());
  if (elapsed <= 0) return {};
  const auto share = [elapsed](Duration time) {
    return std::clamp(static_cast<double>(time.count()) / elapsed, 0.0, 1.0);
  };
  ThreadLoad load;
  load.busy = share(end.on_cpu - begin.on_cpu);
  load.waited = share(end.waited - begin.waited);
  load.spun = std::min(share(end.spun - begin.spun), load.busy);
  return load;
}

void Standstills::add(Duration from, Duration length) noexcept {
  ++count;
  total += length;
  if (length <= longest) return;
  longest = length;
  longest_from = from;
}

Duration stood_still(const ThreadUsage& begin, const ThreadUsage& end, Duration asleep) noexcept {
  const Duration accounted = asleep + (end.on_cpu - begin.on_cpu) + (end.waited - begin.waited);
  return std::max<Duration>(end.at - begin.at - accounted, Duration::zero());
}

}  // namespace client::load
