// A FaultySender stands before the writer of one connection of the load and does to its requests
// what the plan's faults say: a pump of streams/faults, for what is sent alone. A connection of a
// run without faults has none. Owned by its LoadConnection, in whose task it runs, on the
// generator's thread; pinned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "streams/connection.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/faults/script.hpp"
#include "streams/task.hpp"
#include "streams/timer.hpp"

namespace client::load {

class FaultySender {
 public:
  /// `connection` outlives it.
  FaultySender(streams::EventLoop& loop, const faults::Plan& plan, const faults::Identity& who,
               streams::Connection& connection);
  FaultySender(const FaultySender&) = delete;
  FaultySender& operator=(const FaultySender&) = delete;

  /// One request, for the plan a line. Kept as a copy until it is sent or dropped.
  void write(std::string_view request);
  /// Nothing follows: what is here is sent without further delay, then FIN.
  void write_eof();

  /// Sends until the end, or a fault's, or until it is cancelled.
  streams::Task<void> run();
  /// Whether a fault has ended the connection, or its sending: what fails then is no failure of the
  /// service.
  bool has_ended_it() const noexcept { return has_ended_it_; }

 private:
  streams::Event::Awaiter change_within(faults::Duration time);
  streams::Task<void> reset();

  streams::EventLoop& loop_;
  streams::Connection& connection_;
  faults::Script script_;
  streams::Event changed_;
  streams::Timer timer_;
  std::string unsent_;
  std::size_t taken_ = 0;  // of it
  std::uint64_t written_ = 0;
  bool is_over_ = false;
  bool has_ended_it_ = false;
};

}  // namespace client::load
