// Breakdown: what one generator thread counts of the parts of its requests, for a table with a row
// each: by the stage of the profile in which they were due, and by the target that they went to.
// Told by the Tally; a run with one stage and one target has none. The thread's own until the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/load/results.hpp"

namespace client::load {

class Breakdown {
 public:
  /// One that was not sent went to no target.
  static constexpr std::size_t no_target = SIZE_MAX;

  struct Target : Part {
    std::uint64_t connects_failed = 0;
    Availability availability;
  };

  /// Whether the plan has parts to tell apart.
  static bool is_wanted(const Plan& plan) noexcept {
    return plan.stages.size() > 1 || plan.targets.size() > 1;
  }

  explicit Breakdown(const Plan& plan);

  /// When the first stage begins.
  void begin(Time measured_from) noexcept;

  // What is in the measurement. A part was offered what it has answered or failed in the end.
  void answered(Time due, Time sent, Time now, std::size_t target,
                std::uint64_t requests = 1) noexcept;
  void failed(ErrorKind kind, Time due, Time sent, Time now, std::size_t target,
              std::uint64_t requests = 1) noexcept;

  // What is not only of the measurement.
  void connect_failed(std::size_t target) noexcept;
  void served(Time sent, Time now, std::size_t target);
  void failing(Time since, Time now, std::size_t target);

  /// Empty where there is only one, or none.
  const std::vector<Part>& stages() const noexcept { return stages_; }
  /// Likewise.
  const std::vector<Target>& targets() const noexcept { return targets_; }

 private:
  Part* stage_at(Time due) noexcept;
  Target* target_at(std::size_t target) noexcept;
  void record(Part& part, Time due, Time sent, Time now, std::uint64_t requests) const noexcept;

  const Plan& plan_;
  std::vector<Part> stages_;
  std::vector<Target> targets_;
  std::vector<Time> ends_;  // of the stages
  std::size_t stage_ = 0;   // of the latest request: the next one is mostly near it
};

}  // namespace client::load
