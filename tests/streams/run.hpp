// Running a test's main Task: under a watchdog, so that a hang or a spin fails instead of blocking,
// and with the few words that tests steer concurrent tasks with.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "streams/event_loop.hpp"
#include "streams/sleep.hpp"
#include "streams/stream_reader.hpp"
#include "streams/task.hpp"

namespace tests {

/// Ends the test program with a message unless destroyed within `seconds`. alarm(2) and not a timer
/// of the loop, so that a turn that never ends is caught too.
class Watchdog {
 public:
  explicit Watchdog(unsigned seconds = 60) noexcept {
    std::signal(SIGALRM, [](int) {
      constexpr char text[] = "watchdog: the test neither ended nor failed in time\n";
      const ssize_t written = ::write(STDERR_FILENO, text, sizeof text - 1);
      static_cast<void>(written);
      std::abort();
    });
    ::alarm(seconds);
  }
  ~Watchdog() { ::alarm(0); }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
};

/// EventLoop::run() under a watchdog.
template <class T>
T run(streams::EventLoop& loop, streams::Task<T> main) {
  const Watchdog watchdog;
  return loop.run(std::move(main));
}

/// Everything that is ready runs once before the caller goes on.
inline streams::Task<void> turn(streams::EventLoop& loop) {
  co_await streams::sleep_for(loop, std::chrono::seconds(0));
}

/// Turns of the loop until `condition()` holds; the watchdog is its time-out.
template <class Condition>
streams::Task<void> until(streams::EventLoop& loop, Condition condition) {
  while (!condition()) co_await turn(loop);
}

/// Enough turns for whatever could happen to have happened.
inline streams::Task<void> several_turns(streams::EventLoop& loop) {
  for (int i = 0; i < 20; ++i) co_await turn(loop);
}

/// What a read gave, kept beyond the next read.
struct Outcome {
  bool done = false;
  std::error_code ec;
  std::string data;
};

/// Awaits `start()`, a read that goes on beside the test's own steps.
template <class Start>
streams::Task<void> keep(Outcome& outcome, Start start) {
  const streams::Chunk chunk = co_await start();
  outcome.ec = chunk.ec;
  outcome.data = chunk.data;
  outcome.done = true;
}

/// The same for what has an error_code alone: a drain, a sleep, wait_closed().
template <class Start>
streams::Task<void> keep_error(Outcome& outcome, Start start) {
  outcome.ec = co_await start();
  outcome.done = true;
}

/// Awaits `work` in `scope`.
inline streams::Task<void> in_scope(streams::CancelScope& scope, streams::Task<void> work) {
  work.enter(scope);
  co_await std::move(work);
}

}  // namespace tests
