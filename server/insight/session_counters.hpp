// Counts what happens to the connections of one worker, in the figures of their listeners. On that
// worker's thread.
#pragma once

#include <cstddef>

#include "server/insight/session_events.hpp"

namespace server::insight {

class SessionCounters final : public SessionSubscriber {
 public:
  /// For worker number `worker`, counted from 0.
  explicit SessionCounters(std::size_t worker) noexcept : worker_(worker) {}

 private:
  void refused(ListenerFigures& listener, const streams::Endpoint& peer,
               Refusal refusal) noexcept override;
  void limit_reached(ListenerFigures& listener, Refusal refusal) noexcept override;
  void started(const SessionInfo& session) noexcept override;
  void fault_met(const SessionInfo& session, faults::Action action,
                 std::uint64_t times) noexcept override;
  void first_byte(const SessionInfo& session, Duration after) noexcept override;
  void stalled(const SessionInfo& session) noexcept override;
  void drained(const SessionInfo& session, Duration after) noexcept override;
  void ended(const SessionEnd& end) noexcept override;
  void failed(ListenerFigures* listener, std::uint64_t id, std::string_view what) noexcept override;

  WorkerBlock& block(ListenerFigures& listener) const noexcept {
    return listener.of_worker(worker_);
  }

  const std::size_t worker_;
};

}  // namespace server::insight
