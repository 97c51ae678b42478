// Sessions: those of one worker, clients' or of the daemon's own business, from the first to the
// last. They start here, a sweep looks at them once in a while, and at the end they are drained,
// and what outlasts the grace is reset. On the worker's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "server/insight/session_events.hpp"
#include "server/protocols/admin_host.hpp"
#include "server/serving/accepted.hpp"
#include "server/serving/ended_sessions.hpp"
#include "server/serving/paces.hpp"
#include "server/serving/proxied.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"
#include "streams/tcp_info.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class Session;
class Stage;

class Sessions final : public streams::TaskGroup {
 public:
  using Clock = std::chrono::steady_clock;

  /// Of worker number `of_worker`, counted from 0.
  Sessions(streams::EventLoop& session_loop, std::size_t of_worker);

  /// Completes after end_intake(), once every session has ended. Allocates nothing: connections may
  /// be on their way here, whatever happens.
  streams::Task<void> run();
  /// Begins the session of a connection; one that cannot begin is reported, and closed.
  void start(Accepted accepted) noexcept;
  /// There will be no more start(): ends every session gracefully, and resets those that last
  /// longer than the grace.
  void end_intake(std::chrono::milliseconds grace) noexcept;
  /// Resets every session, and those to come.
  void abort() noexcept;

  /// Appends the state of at most `most` sessions, those with the lowest numbers; how many there
  /// are. Throws std::bad_alloc.
  std::size_t list(std::size_t most, std::vector<protocols::AdminHost::Session>& out);
  /// Ends a session, gracefully or with a reset; false if it is not here.
  bool end_one(std::uint64_t id, bool reset) noexcept;
  /// What whoever administers asks of the faults of one; found is no if it is not here. Throws
  /// std::bad_alloc.
  protocols::AdminHost::FaultAnswer order_fault(std::uint64_t id,
                                                const protocols::AdminHost::FaultOrder& order);
  /// Ends those of one protocol gracefully.
  void end_all_of(const protocols::Protocol& protocol) noexcept;
  /// Ends gracefully the one of a protocol that has been idle for the longest, and for `least`;
  /// false where there is none.
  bool end_most_idle_of(const protocols::Protocol& protocol,
                        std::chrono::milliseconds least) noexcept;
  /// Looks at the network of some, others each time. Once a second, where the daemon measures.
  void measure_networks() noexcept;

  /// Calls `visit` with every session; it may end the one it is given, and no other.
  template <class Visit>
  void for_each(Visit visit);

  streams::EventLoop& loop;
  const std::size_t worker;
  insight::SessionEvents events;
  /// Whether what costs something is measured, too.
  bool measures = false;
  /// Of those whose sockets are closed and who have not reported yet, where the daemon measures.
  std::unordered_map<const Session*, streams::TcpInfo> networks;
  /// Of those of listeners behind proxies.
  std::unordered_map<const Session*, Proxied> proxied;
  /// Of those whose faults are over.
  std::unordered_map<const Session*, insight::FaultsMet> faults_met;
  /// Likewise, of listeners with keep_ended; and what the last of those came to.
  std::unordered_map<const Session*, Passed> passed;
  EndedSessions ended;
  /// Of those whose protocol runs on one.
  std::unordered_map<const Session*, Stage*> stages;
  /// Likewise; nullptr has none.
  Stage* stage_of(const Session& session) const noexcept {
    const auto found = stages.find(&session);
    return found == stages.end() ? nullptr : found->second;
  }
  Paces paces;

 private:
  void sweep() noexcept;
  void sweep_later(std::chrono::milliseconds interval) noexcept;
  void sweep_in_time_for(const config::Limits& limits) noexcept;
  void sweep_draining(Clock::time_point until) noexcept;

  // Allocated in advance, so that the end cannot fail for lack of memory.
  streams::Timer sweep_timer_;
  streams::Timer grace_timer_;
  streams::Task<void> all_ended_;
  streams::Event intake_ended_;
  std::chrono::milliseconds sweep_interval_{};  // as the timer has been set
  Clock::time_point sweep_due_{};
  bool sweep_was_put_off_ = false;
  std::uint64_t count_ = 0;  // as of the last sweep
  std::uint64_t looks_ = 0;  // at the network
  std::chrono::milliseconds grace_{};
  bool aborting_ = false;
};

}  // namespace server::serving
