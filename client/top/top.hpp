// Top: what `echoline top` does. Polls its targets once an interval and shows what they tell: in
// place on a terminal, as a table or in JSON elsewhere. Pinned; runs on one loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <asio/signal_set.hpp>

#include "client/descriptors/file_writer.hpp"
#include "client/descriptors/own_terminal.hpp"
#include "client/load/report/style.hpp"
#include "client/top/full_screen.hpp"
#include "client/top/order.hpp"
#include "client/top/poller.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/executor.hpp"
#include "streams/standard_input.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace client::top {

struct Options {
  Options() = default;
  std::vector<Target> targets;
  std::chrono::nanoseconds interval = std::chrono::seconds{1};  ///< 0 with a count of 1 only
  std::chrono::nanoseconds timeout = std::chrono::seconds{1};   ///< of each target and poll
  std::optional<std::uint64_t> count;                           ///< of reports; none for no end
  bool in_place = true;                                         ///< on a terminal that can
  bool json = false;
  bool listeners = false;
  Order order;
};

class Top {
 public:
  /// `input` and `output` are descriptors of any kind, and stay the caller's. `executor` outlives
  /// this. SIGPIPE is the caller's to ignore.
  Top(streams::EventLoop& loop, streams::Executor& executor, Options options, int input,
      int output);

  /// Ends with the last report, on `q` and on SIGINT, SIGTERM, SIGHUP and SIGQUIT, by when the
  /// terminal is as it was, as far as it takes anything. False where the output took no more, or
  /// the last report of a run that has one found no target up.
  streams::Task<bool> run();

 private:
  streams::Task<void> watch_signals();
  streams::Task<void> watch_window();
  streams::Task<void> watch_suspension();
  streams::Task<void> read_keys();
  streams::Task<void> poll_repeatedly();
  streams::Task<void> draw_repeatedly();
  streams::Task<void> report();
  void press(char key);
  std::string drawing() const;
  std::string text() const;

  streams::EventLoop& loop_;
  Options options_;
  const bool in_place_;
  const int input_;
  const load::report::Style style_;
  asio::signal_set end_signals_;             // until the terminal is as it was
  const descriptors::OwnTerminal terminal_;  // the output, where that is one
  FullScreen screen_;
  descriptors::FileWriter output_;
  std::optional<streams::StandardInput> keys_;
  Poller poller_;
  std::string polled_;  // the time of day of the last poll
  streams::Event changed_;
  streams::TaskGroup tasks_;
  bool failed_ = false;
};

}  // namespace client::top
