// Connector: makes a thread's connections: from the sources in turn, not faster than asked, not too
// many at once, and again with a back-off where one fails, until the time for it is over. It counts
// what was opened, how long each took from its first attempt on, and what could not be. One thread.
#pragma once

#include <cstdint>
#include <memory>

#include "client/load/clock.hpp"
#include "client/load/plan.hpp"
#include "client/load/reached.hpp"
#include "client/load/share.hpp"
#include "client/load/tally.hpp"
#include "streams/connect.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/semaphore.hpp"
#include "streams/task.hpp"

namespace client::load {

class Connector {
 public:
  Connector(streams::EventLoop& loop, const Plan& plan, const Reached& reached, const Share& share,
            Tally& tally);

  /// Comes first; the permit is empty when cancelled.
  streams::Semaphore::Awaiter permit() noexcept { return under_way_.acquire(); }
  /// A connection for the lane with this number; null when there was none to be had, which is
  /// counted, or when cancelled.
  streams::Task<std::unique_ptr<streams::Connection>> open(std::uint64_t number,
                                                           streams::Permit permit);

 private:
  /// Attempts that are under way at once: no more than a small backlog takes.
  static constexpr std::size_t at_once = 128;

  streams::Task<streams::Opened> persist(std::uint64_t number, streams::Connecting first);
  streams::Task<streams::Opened> attempt(streams::Connecting connecting);
  streams::Connecting begin();
  Time next_turn() noexcept;

  streams::EventLoop& loop_;
  const Plan& plan_;
  const Reached& reached_;
  Tally& tally_;
  streams::Semaphore under_way_;
  Duration interval_{0};  // from one to the next; 0 is none
  Time next_;
  std::size_t turn_;  // of the sources
};

}  // namespace client::load
