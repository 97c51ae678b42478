// The Watchdog of systemd.service(5): tells the service manager that the daemon is well, for as
// long as every worker's loop turns. Each ping has to be earned anew: between two of them every
// loop has run a callback that was posted to it. One worker that hangs, whichever, and the pings
// cease, and the manager restarts the daemon. On the first worker's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/insight/log.hpp"
#include "server/serving/worker.hpp"
#include "streams/task.hpp"

namespace server {

struct WatchdogTimeout {
  std::chrono::microseconds value{0};  ///< 0 when there is no watchdog
  std::string problem;                 ///< with what was asked for, for the operator
};

/// How long the manager goes without a ping before it acts: WATCHDOG_USEC, where WATCHDOG_PID does
/// not name another process. One too short to be kept is made as long as that takes, 20 ms; one
/// that cannot be read is none.
WatchdogTimeout watchdog_timeout();

class Watchdog {
 public:
  /// `workers` outlive this; the first of them runs it. Logs a problem with the time-out.
  Watchdog(std::span<const std::unique_ptr<serving::Worker>> workers, insight::Log& log,
           const WatchdogTimeout& timeout, std::function<void()> ping);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Pings at once and then twice in each time-out; until cancelled. Nothing if that is 0.
  streams::Task<void> run();

 private:
  void ask();
  bool all_answered();

  /// A worker, and what has been asked of it.
  struct Watched {
    serving::Worker* worker;
    std::uint64_t asked = 0;
    bool reported = false;
  };

  std::vector<Watched> watched_;
  insight::Log& log_;
  const std::chrono::microseconds timeout_;
  const std::function<void()> ping_;
};

}  // namespace server
