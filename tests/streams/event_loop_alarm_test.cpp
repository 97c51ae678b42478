#include "streams/event_loop.hpp"
#include "streams/sleep.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace std::chrono_literals;
using namespace tests;
using streams::EventLoop;
using streams::Task;

TEST_CASE("a loop with an alarm spins until it is time, and serves others meanwhile",
          "[event_loop]") {
  struct Ringing final : EventLoop::Alarm {
    void on_time() noexcept override { rang = EventLoop::Clock::now(); }
    EventLoop::Clock::time_point rang;
  };
  EventLoop::Options options;
  options.has_alarm = true;
  EventLoop loop(options);
  run(loop, [](EventLoop& l) -> Task<void> {
    const std::error_code before = co_await streams::sleep_for(l, 2ms);
    CHECK_FALSE(before);
    CHECK(l.spun() == 0ns);

    Ringing alarm;
    const auto due = EventLoop::Clock::now() + 20ms;
    l.spin_until(due, alarm);
    const std::error_code meanwhile = co_await streams::sleep_for(l, 1ms);
    CHECK_FALSE(meanwhile);
    while (alarm.rang == EventLoop::Clock::time_point{}) {
      CHECK(EventLoop::Clock::now() < due + 10s);
      const std::error_code slept = co_await streams::sleep_for(l, 1ms);
      CHECK_FALSE(slept);
    }
    CHECK(alarm.rang >= due);
    CHECK(l.spun() > 1ms);
  }(loop));
}

TEST_CASE("an alarm that was cancelled does not ring", "[event_loop]") {
  struct Fatal final : EventLoop::Alarm {
    void on_time() noexcept override { rang = true; }
    bool rang = false;
  };
  EventLoop::Options options;
  options.has_alarm = true;
  EventLoop loop(options);
  run(loop, [](EventLoop& l) -> Task<void> {
    Fatal alarm;
    l.spin_until(EventLoop::Clock::now() + 1ms, alarm);
    l.cancel_alarm();
    const std::error_code slept = co_await streams::sleep_for(l, 5ms);
    CHECK_FALSE(slept);
    CHECK_FALSE(alarm.rang);
  }(loop));
}
