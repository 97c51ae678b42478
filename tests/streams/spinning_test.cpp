#include "streams/spinning.hpp"

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using streams::Spinning;

namespace {

using Time = Spinning::Clock::time_point;

/// A thread that has waited for a processor for a while, and what it makes of it.
class Thread {
 public:
  /// So long, and of that so much without a processor.
  bool spins_after(Spinning::Duration time, Spinning::Duration waited) {
    now_ += time;
    waited_ += waited;
    spinning_.ask(now_, waited_);
    return spins_until(now_ + 1ns);
  }
  bool spins_until(Time time) { return spinning_.is_worthwhile(time); }
  Time now() const { return now_; }

 private:
  Spinning spinning_;
  Time now_{10s};
  Spinning::Duration waited_{1h};
};

}  // namespace

TEST_CASE("a thread spins for as long as it hardly waits for a processor") {
  Thread thread;
  CHECK(thread.spins_after(0ms, 0ms));
  CHECK(thread.spins_after(20ms, 1ms));
  CHECK(thread.spins_after(20ms, 2ms));
}

TEST_CASE("where it waits it sleeps for a while, and for longer each time that this was in vain") {
  Thread thread;
  thread.spins_after(0ms, 0ms);
  CHECK_FALSE(thread.spins_after(20ms, 3ms));
  CHECK_FALSE(thread.spins_until(thread.now() + 99ms));
  // What it waited while it slept is nobody's fault.
  CHECK(thread.spins_after(100ms, 50ms));
  CHECK_FALSE(thread.spins_after(20ms, 3ms));
  CHECK_FALSE(thread.spins_until(thread.now() + 199ms));
  CHECK(thread.spins_after(200ms, 0ms));
  // One window that went well, and the next pause is a short one again.
  CHECK(thread.spins_after(20ms, 0ms));
  CHECK_FALSE(thread.spins_after(20ms, 20ms));
  CHECK_FALSE(thread.spins_until(thread.now() + 99ms));
  CHECK(thread.spins_after(100ms, 0ms));
}

TEST_CASE("a pause has an end however often it was in vain") {
  Thread thread;
  thread.spins_after(0ms, 0ms);
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(thread.spins_after(20ms, 20ms));
    CHECK(thread.spins_after(Spinning::longest_pause, 0ms));
  }
}

TEST_CASE("the time spun is that of looking, not of those who ran meanwhile") {
  Spinning spinning;
  spinning.looked_in_vain(1us);
  spinning.looked_in_vain(3us);
  CHECK(spinning.spent() == 4us);
  // On a slow machine.
  spinning.looked_in_vain(60us);
  CHECK(spinning.spent() == 64us);
  spinning.looked_in_vain(5ms);
  CHECK(spinning.spent() < 200us);
}

TEST_CASE("a thread of this machine may spin at first") {
  Spinning spinning;
  CHECK(spinning.is_worthwhile(Spinning::Clock::now()));
}
