#include <array>
#include <atomic>
#include <optional>
#include <sched.h>
#include <thread>

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

/// Want the one processor that the calling thread may use, too, until it is given back.
class Rivals {
 public:
  Rivals() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &here);
    ::sched_setaffinity(0, sizeof here, &here);
    for (std::thread& thread : threads_) {
      thread = std::thread([this] {
        while (!over_) {
        }
      });
    }
  }
  ~Rivals() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
    ::sched_setaffinity(0, sizeof before_, &before_);
  }
  Rivals(const Rivals&) = delete;
  Rivals& operator=(const Rivals&) = delete;

 private:
  cpu_set_t before_;
  std::atomic<bool> over_{false};
  std::array<std::thread, 2> threads_;
};

/// When it is called early it waits until the loop may spin again, and has itself called later.
class Again final : public EventLoop::Alarm {
 public:
  explicit Again(EventLoop& loop) : rung(loop), loop_(loop) {}
  void on_time() noexcept override {
    ++calls;
    if (calls == 1 && EventLoop::Clock::now() < due) {
      rivals.reset();
      while (!loop_.may_spin(EventLoop::Clock::now())) std::this_thread::sleep_for(1ms);
      loop_.spin_until(EventLoop::Clock::now() + 1ms, *this);
    } else {
      rung.set();
    }
  }

  std::optional<Rivals> rivals{std::in_place};
  const EventLoop::Clock::time_point due = EventLoop::Clock::now() + 5s;
  int calls = 0;
  streams::Event rung;

 private:
  EventLoop& loop_;
};

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

TEST_CASE("an alarm that rang early, and was set again when spinning is worthwhile, rings",
          "[event_loop]") {
  EventLoop loop(with_alarm());
  run(loop, [](EventLoop& l) -> Task<void> {
    Again alarm(l);
    l.spin_until(alarm.due, alarm);
    co_await alarm.rung.wait();
    CHECK(alarm.calls <= 2);
  }(loop));
}
