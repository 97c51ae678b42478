#include "client/load/pulse.hpp"

#include <csignal>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "streams/sleep.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::load::Pulse;
using client::load::Standstills;
using streams::EventLoop;
using streams::Task;

namespace {

/// Stops this process for a while, as a shell's Ctrl-Z and fg do.
void stop_us_for(std::chrono::milliseconds time) {
  const ::pid_t us = ::getpid();
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::kill(us, SIGSTOP);
    const timespec pause{time.count() / 1000, time.count() % 1000 * 1'000'000};
    ::nanosleep(&pause, nullptr);
    ::kill(us, SIGCONT);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
}

Task<Standstills> pulse_around(EventLoop& loop, void (*meanwhile)()) {
  Pulse pulse(loop);
  pulse.begin();
  static_cast<void>(co_await streams::sleep_for(loop, 60ms));
  meanwhile();
  static_cast<void>(co_await streams::sleep_for(loop, 60ms));
  pulse.end();
  co_return pulse.standstills();
}

}  // namespace

TEST_CASE("a thread that was stopped stood still for so long") {
  EventLoop loop;
  const Standstills found = run(loop, pulse_around(loop, [] { stop_us_for(400ms); }));
  // A busy machine may add its own.
  CHECK(found.count >= 1);
  CHECK(found.longest >= 300ms);
  CHECK(found.total >= found.longest);
}

TEST_CASE("one that works for long did not stand still") {
  EventLoop loop;
  const Standstills found = run(loop, pulse_around(loop, [] {
                                  const auto end = std::chrono::steady_clock::now() + 300ms;
                                  while (std::chrono::steady_clock::now() < end) {
                                  }
                                }));
  CHECK(found.longest < 150ms);
}
