#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace std::chrono_literals;
using namespace tests;
using streams::EventLoop;
using streams::Task;

namespace {

class Ringing final : public EventLoop::Alarm {
 public:
  explicit Ringing(EventLoop& loop) : rung(loop) {}
  void on_time() noexcept override {
    at = EventLoop::Clock::now();
    rung.set();
  }

  streams::Event rung;
  EventLoop::Clock::time_point at;
};

EventLoop::Options with_alarm() {
  EventLoop::Options options;
  options.has_alarm = true;
  return options;
}

}  // namespace

TEST_CASE("a loop with an alarm spins until it is time, and serves others meanwhile",
          "[event_loop]") {
  EventLoop loop(with_alarm());
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    CHECK(l.spun() == 0ns);

    Ringing alarm(l);
    l.spin_until(EventLoop::Clock::now() + 1h, alarm);
    co_await turn(l);
    CHECK_FALSE(alarm.rung.is_set());

    const auto due = EventLoop::Clock::now() + 5ms;
    l.spin_until(due, alarm);
    co_await alarm.rung.wait();
    CHECK(alarm.at >= due);
    CHECK(l.spun() > 0ns);
  }(loop));
}

TEST_CASE("an alarm that was cancelled does not ring, and nothing spins for it", "[event_loop]") {
  EventLoop loop(with_alarm());
  run(loop, [](EventLoop& l) -> Task<void> {
    Ringing alarm(l);
    l.spin_until(EventLoop::Clock::now(), alarm);
    l.cancel_alarm();
    co_await turn(l);
    co_await turn(l);
    CHECK_FALSE(alarm.rung.is_set());
    CHECK(l.spun() == 0ns);
  }(loop));
}
