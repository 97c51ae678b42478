// ping: round trips to an echo or line service, one at a time, and their statistics at the end.
// Runs on one loop; prints a line a reply to standard output.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "client/ping_payload.hpp"
#include "client/round_trips.hpp"
#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace client {

struct PingOptions {
  streams::Address target;
  std::uint64_t count = 0;  ///< round trips; 0 is until interrupted
  std::chrono::nanoseconds interval = std::chrono::seconds{1};
  std::chrono::nanoseconds timeout = std::chrono::seconds{1};  ///< for a reply, and to connect
  std::size_t size = 56;                                       ///< bytes of content
  PingProtocol protocol = PingProtocol::echo;
};

class Ping {
 public:
  Ping(streams::EventLoop& loop, PingOptions options);

  /// Completes after the last round trip or SIGINT; whether every ping was answered, and one was.
  streams::Task<bool> run();

 private:
  streams::Task<void> watch_interrupt();
  streams::Task<void> send_all();
  streams::Task<void> round_trip(std::uint64_t sequence);
  streams::Task<bool> connect();
  streams::Task<void> close();
  void report(std::uint64_t sequence, const std::string& what);
  void print_statistics() const;

  streams::EventLoop& loop_;
  PingOptions options_;
  std::string target_;
  streams::TaskGroup tasks_;
  std::unique_ptr<streams::Connection> connection_;
  RoundTrips times_;
  std::uint64_t sent_ = 0;
  bool interrupted_ = false;
};

}  // namespace client
