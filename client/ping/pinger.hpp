// Pinger: the pings to one target, one at a time: on one connection that is kept, or for
// Protocol::connect on a new one each. Cancelling the scope that runs it ends it; a ping that was
// under way then does not count. The loop's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "client/ping/handshake.hpp"
#include "client/ping/options.hpp"
#include "client/ping/reporter.hpp"
#include "client/ping/statistics.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::ping {

class Pinger {
 public:
  /// All outlive it.
  Pinger(streams::EventLoop& loop, const Options& options, const Target& target,
         Reporter& reporter);

  streams::Task<void> run();

  const std::string& name() const noexcept { return target_.name; }
  const Statistics& statistics() const noexcept { return statistics_; }
  /// Whether every ping so far met silence on a connection that stood.
  bool is_met_with_silence() const noexcept {
    return silent_ != 0 && silent_ == statistics_.sent();
  }

 private:
  /// Whether to go on: not when cancelled.
  streams::Task<bool> ping(std::uint64_t sequence);
  streams::Task<bool> shake_hands(std::uint64_t sequence);
  streams::Task<bool> round_trip(std::uint64_t sequence);
  struct Connected {
    Connected() = default;
    Duration time{0};
    bool go_on = true;  ///< not when cancelled
  };
  /// Sets connection_; without one the ping is lost, unless it was cancelled.
  streams::Task<Connected> connect(std::uint64_t sequence);
  streams::Task<void> close();
  void lose(std::uint64_t sequence, const std::string& why);
  void answer(std::uint64_t sequence, Duration time);

  streams::EventLoop& loop_;
  const Options& options_;
  const Target& target_;
  Reporter& reporter_;
  Handshake handshake_;
  std::unique_ptr<streams::Connection> connection_;
  std::string address_;  // of its peer
  Statistics statistics_;
  std::uint64_t silent_ = 0;
};

}  // namespace client::ping
