// Ping: what `echoline ping` does: pings to one or several targets side by side, their statistics
// at the end, on SIGINT and SIGTERM too, and interim ones on SIGQUIT. Runs on one loop.
#pragma once

#include <deque>

#include "client/ping/options.hpp"
#include "client/ping/pinger.hpp"
#include "client/ping/reporter.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace client::ping {

class Ping {
 public:
  /// `reporter` outlives it.
  Ping(streams::EventLoop& loop, Options options, Reporter& reporter);

  /// Whether of every target a ping was answered, and each one. Ends early, and with false, when
  /// standard output takes no more.
  streams::Task<bool> run();

 private:
  streams::Task<void> ping_all();
  streams::Task<void> watch_interrupts();
  streams::Task<void> watch_quit();
  void print_interim() const;
  void print_hints() const;

  streams::EventLoop& loop_;
  const Options options_;
  Reporter& reporter_;
  std::deque<Pinger> pingers_;
  streams::TaskGroup tasks_;
};

}  // namespace client::ping
