#include <array>
#include <atomic>
#include <chrono>
#include <sched.h>
#include <thread>
#include <utility>

#include "streams/connection.hpp"
#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/sleep.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

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

EventLoop::Options with_alarm(std::chrono::nanoseconds awake = 0ns) {
  EventLoop::Options options;
  options.has_alarm = true;
  options.awake_before_alarm = awake;
  return options;
}

/// Has itself called again and again, half a millisecond later.
class Ticking final : public EventLoop::Alarm {
 public:
  explicit Ticking(EventLoop& loop) : loop_(loop) { on_time(); }
  ~Ticking() { loop_.cancel_alarm(); }
  Ticking(const Ticking&) = delete;
  Ticking& operator=(const Ticking&) = delete;
  void on_time() noexcept override { loop_.set_alarm(EventLoop::Clock::now() + 500us, *this); }

 private:
  EventLoop& loop_;
};

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

}  // namespace

TEST_CASE("a loop spins before its alarm for as long as it is told, and serves others meanwhile",
          "[event_loop]") {
  EventLoop loop(with_alarm(1h));
  run(loop, [](EventLoop& l) -> Task<void> {
    co_await turn(l);
    CHECK(l.spun() == 0ns);

    Ringing alarm(l);
    l.set_alarm(EventLoop::Clock::now() + 1h, alarm);
    co_await turn(l);
    CHECK_FALSE(alarm.rung.is_set());

    const auto due = EventLoop::Clock::now() + 5ms;
    l.set_alarm(due, alarm);
    co_await alarm.rung.wait();
    CHECK(alarm.at >= due);
    CHECK(l.spun() > 0ns);
  }(loop));
}

TEST_CASE("a loop sleeps until its alarm, near or far, and does not ring before", "[event_loop]") {
  EventLoop loop(with_alarm());
  run(loop, [](EventLoop& l) -> Task<void> {
    for (const auto after : {0ms, 1ms, 20ms}) {
      Ringing alarm(l);
      const auto due = EventLoop::Clock::now() + after;
      l.set_alarm(due, alarm);
      co_await alarm.rung.wait();
      CHECK(alarm.at >= due);
    }
    CHECK(l.spun() == 0ns);
  }(loop));
}

TEST_CASE("a nearer alarm takes the place of one that is far off", "[event_loop]") {
  EventLoop loop(with_alarm());
  run(loop, [](EventLoop& l) -> Task<void> {
    Ringing alarm(l);
    l.set_alarm(EventLoop::Clock::now() + 1h, alarm);
    co_await streams::sleep_for(l, 1ms);
    l.set_alarm(EventLoop::Clock::now() + 1ms, alarm);
    co_await alarm.rung.wait();
    // Nor is the loop held up by the one that is not waited for.
    l.set_alarm(EventLoop::Clock::now() + 1h, alarm);
    co_await streams::sleep_for(l, 1ms);
    l.cancel_alarm();
  }(loop));
}

TEST_CASE("timers, posts and descriptors have their turn between alarms that are near",
          "[event_loop]") {
  EventLoop loop(with_alarm());
  run(loop, [](EventLoop& l) -> Task<void> {
    const Ticking alarm(l);
    co_await streams::sleep_for(l, 1ms);

    streams::Event posted(l);
    std::thread other([&] { l.call_soon_threadsafe([&] { posted.set(); }); });
    co_await posted.wait();
    other.join();

    SocketPair pair = unix_pair();
    streams::Connection connection(l, std::move(pair.ours), streams::Endpoint{});
    Peer peer(std::move(pair.theirs));
    peer.send("line\n");
    const streams::Chunk line = co_await connection.reader().readline();
    CHECK(line.data == "line\n");
  }(loop));
}

TEST_CASE("an alarm that was cancelled does not ring, and nothing spins for it", "[event_loop]") {
  EventLoop loop(with_alarm(1h));
  run(loop, [](EventLoop& l) -> Task<void> {
    Ringing alarm(l);
    l.set_alarm(EventLoop::Clock::now(), alarm);
    l.cancel_alarm();
    co_await turn(l);
    co_await turn(l);
    CHECK_FALSE(alarm.rung.is_set());
    CHECK(l.spun() == 0ns);
  }(loop));
}

TEST_CASE("a loop hardly spins where others want its processor, and its alarm rings no earlier",
          "[event_loop]") {
  EventLoop loop(with_alarm(1h));
  run(loop, [](EventLoop& l) -> Task<void> {
    const Rivals rivals;
    Ringing alarm(l);
    const auto due = EventLoop::Clock::now() + 600ms;
    l.set_alarm(due, alarm);
    co_await alarm.rung.wait();
    CHECK(alarm.at >= due);
    // A third of the processor would have been 200 ms.
    CHECK(l.spun() < 100ms);
  }(loop));
}
