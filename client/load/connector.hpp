// Connector: opens a thread's connections: from the source addresses in turn, at the rate asked
// for, a bounded number at a time, and with retries and back-off until the connect time-out. It
// counts the connections opened, the time that each took from its first attempt on, and the
// failures. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "client/load/greeter.hpp"
#include "client/load/plan.hpp"
#include "client/load/preflight.hpp"
#include "client/load/progress.hpp"
#include "client/load/share.hpp"
#include "client/load/tally.hpp"
#include "streams/connect.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/semaphore.hpp"
#include "streams/task.hpp"

namespace client::load {

struct Established {
  Established() = default;
  std::unique_ptr<streams::Connection> connection;
  ErrorKind failure = ErrorKind::connect;  ///< why there is none
};

class Connector {
 public:
  Connector(streams::EventLoop& loop, const Plan& plan, const std::vector<ResolvedTarget>& targets,
            const Share& share, Tally& tally, Progress& progress);

  /// Comes first; the permit is empty when cancelled.
  streams::Semaphore::Awaiter permit() noexcept { return under_way_.acquire(); }
  /// The connection with this number, and greeted where the plan has a greeting; none when it could
  /// not be made in time or was greeted otherwise, which is counted, or when cancelled.
  streams::Task<Established> open(std::uint64_t number, streams::Permit permit);
  /// The measurement ends: who still waits for a connection does so without a service.
  void note_outage(Time now);

 private:
  /// Attempts that are under way at once: no more than a small backlog takes.
  static constexpr std::size_t at_once = 128;

  /// What is known of a target.
  struct Way {
    const ResolvedTarget& to;
    std::size_t turn = 0;      // of the sources
    std::size_t retrying = 0;  // connections that have failed and are tried again
    Time failed_at{};          // the latest attempt that failed
  };

  streams::Task<streams::Opened> connect(std::uint64_t number);
  streams::Task<streams::Opened> persist(std::size_t target, std::uint64_t number,
                                         streams::Connecting first);
  streams::Task<streams::Opened> attempt(std::size_t target, streams::Connecting connecting);
  streams::Connecting begin(std::size_t target);
  Time next_turn() noexcept;
  void fail_attempt(std::size_t target, const std::error_code& ec, Time began);

  streams::EventLoop& loop_;
  const Plan& plan_;
  Tally& tally_;
  Progress& progress_;
  std::vector<Way> ways_;  // one for each target
  streams::Semaphore under_way_;
  Duration interval_{0};  // from one to the next; 0 is none
  Time next_;
  std::optional<Greeter> greeter_;
};

}  // namespace client::load
