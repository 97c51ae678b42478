// WorkerFigures: what is counted of one worker's loop, on its thread; any thread reads.
#pragma once

#include <cstddef>
#include <string>

#include "server/insight/families.hpp"
#include "server/insight/histogram.hpp"
#include "server/insight/registry.hpp"
#include "streams/counter.hpp"
#include "streams/readiness.hpp"

namespace server::insight {

struct WorkerFigures final : streams::ReadinessSet::Sampler {
  streams::Counter slow_callbacks;
  // Where the daemon measures:
  Histogram<families::loop_lag.buckets> loop_lag;
  Histogram<families::events_per_wakeup.buckets> events_per_wakeup;
  streams::Gauge buffers_lent;

  void woke_up(int events) noexcept override {
    events_per_wakeup.observe(static_cast<std::uint64_t>(events));
  }

  /// As worker number `worker`, counted from 0; outlives the registry's readers.
  void add_to(Registry& registry, std::size_t worker) const {
    const Label label{"worker", std::to_string(worker)};
    registry.add(families::slow_callbacks, {label}, slow_callbacks);
    registry.add(families::loop_lag, {label}, loop_lag.parts());
    registry.add(families::events_per_wakeup, {label}, events_per_wakeup.parts());
    registry.add(families::buffers_lent, {label}, [this] { return buffers_lent.value(); });
  }
};

}  // namespace server::insight
