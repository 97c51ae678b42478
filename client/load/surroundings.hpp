// Surroundings: what a generator had around it while it ran, as far as the kernel tells: its
// processors, who else used them, where the service was. A value; what is in it decides, with what
// the threads did, whose figures a run's are (health.hpp) and what to do about it (advice.hpp).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/load/processors.hpp"
#include "client/load/service_process.hpp"

namespace client::load {

struct Surroundings {
  Processors processors;
  double busy = 0;       ///< of the time of the processors that we may use, 0 to 1, all programs
  double stolen = 0;     ///< likewise: the hypervisor gave them to others
  double throttled = 0;  ///< of the run's time: a quota held the control group
  bool local_target = false;             ///< one at least
  std::vector<ServiceProcess> services;  ///< those who serve the local ones, if they can be seen
  /// Of `busy`, what was neither ours nor the services'; none where one of these is not known.
  std::optional<double> others;
  std::string command;  ///< that started the run, as a shell takes it

  /// Whether the service can be on a processor that we may use.
  bool shares_processors() const;
  /// Whether others than the service had most of what we had not.
  bool is_crowded() const noexcept;
  /// How many threads of ours can have a processor each, beside a local service.
  std::size_t free_for_us() const noexcept;
};

/// Looks at the machine when a run begins and when it ends. One thread.
class Lookout {
 public:
  /// `targets` outlive it.
  explicit Lookout(std::span<const ResolvedTarget> targets);

  /// The measurement begins. Takes some milliseconds where the target is local, see find_service().
  void begin();
  /// What was around since then.
  Surroundings end();

 private:
  struct Times {
    ProcessorTimes all;
    std::chrono::nanoseconds ours{0};
    std::chrono::nanoseconds services{0};
    std::chrono::steady_clock::time_point at;
  };

  Times so_far() const;

  std::span<const ResolvedTarget> targets_;
  Surroundings found_;
  bool knows_all_ = true;  // the services
  std::optional<Times> began_;
};

}  // namespace client::load
