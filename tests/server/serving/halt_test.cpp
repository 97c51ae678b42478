// Halt: workers that stand still, and go on.
#include "server/serving/halt.hpp"

#include <array>
#include <atomic>
#include <latch>
#include <memory>
#include <new>
#include <thread>

#include "tests/server/serving/relieved.hpp"

using server::serving::Halt;
using server::serving::Worker;
using namespace std::chrono_literals;

namespace {

/// Three, the first of which is on the test's thread.
struct Three {
  Three() {
    for (std::size_t i = 0; i < 2; ++i) {
      threads[i] = std::thread([this, i] {
        Worker& worker = *all()[i + 1];
        worker.loop().run(worker.run());
      });
    }
  }
  ~Three() {
    for (Worker* const worker : all()) worker->end_intake();
    tests::run(first.loop(), first.run());
    for (std::thread& thread : threads) thread.join();
  }
  std::vector<Worker*> all() { return {&first, &second, &third}; }

  tests::Events events;
  tests::Budget budget;
  Worker first{0, {}, 10s, events, budget.budget};
  Worker second{1, {}, 10s, events, budget.budget};
  Worker third{2, {}, 10s, events, budget.budget};
  std::array<std::thread, 2> threads;
};

using Clock = Halt::Clock;
using Counts = std::array<std::atomic<int>, 3>;

Halt::Visit counting(const std::shared_ptr<Counts>& counts) {
  return [counts](Worker&, std::size_t number) { ++(*counts)[number]; };
}

std::vector<int> values(const Counts& counts) { return {counts[0], counts[1], counts[2]}; }

}  // namespace

TEST_CASE("while workers are halted nothing of theirs runs, and then all that was asked for",
          "[halt]") {
  Three three;
  const auto visits = std::make_shared<Counts>();
  const auto lasts = std::make_shared<Counts>();
  {
    Halt halt(three.all());
    REQUIRE(halt.begin(counting(visits), counting(lasts), Clock::now() + 60s));
    CHECK(values(*visits) == std::vector{1, 1, 1});
    three.second.take_pulse();
    three.third.take_pulse();
    CHECK(three.second.pulse() == 0);
    CHECK(three.third.pulse() == 0);
    CHECK(values(*lasts) == std::vector{0, 0, 0});
    halt.end(true);
    CHECK((*lasts)[0] == 1);
  }
  while (three.second.pulse() == 0 || three.third.pulse() == 0) std::this_thread::yield();
  CHECK(values(*lasts) == std::vector{1, 1, 1});
  CHECK(values(*visits) == std::vector{1, 1, 1});
}

TEST_CASE("workers that are let go without a last visit go on as they were", "[halt]") {
  Three three;
  const auto visits = std::make_shared<Counts>();
  const auto lasts = std::make_shared<Counts>();
  {
    Halt halt(three.all());
    REQUIRE(halt.begin(counting(visits), counting(lasts), Clock::now() + 60s));
  }
  three.second.take_pulse();
  while (three.second.pulse() == 0) std::this_thread::yield();
  CHECK(values(*lasts) == std::vector{0, 0, 0});
}

TEST_CASE("a worker that hangs is not waited for, and the others go on", "[halt]") {
  Three three;
  std::latch hangs(1);
  three.second.loop().call_soon_threadsafe([&hangs] { hangs.wait(); });
  const auto visits = std::make_shared<Counts>();
  const auto lasts = std::make_shared<Counts>();
  {
    Halt halt(three.all());
    CHECK_FALSE(halt.begin(counting(visits), counting(lasts), Clock::now() + 50ms));
    halt.end(true);
  }
  three.third.take_pulse();
  while (three.third.pulse() == 0) std::this_thread::yield();
  hangs.count_down();
  three.second.take_pulse();
  while (three.second.pulse() == 0) std::this_thread::yield();
  CHECK((*visits)[1] == 0);
  CHECK(values(*lasts) == std::vector{0, 0, 0});
}

TEST_CASE("a visit that throws makes a halt fail, and nobody makes a last one", "[halt]") {
  Three three;
  const auto lasts = std::make_shared<Counts>();
  const auto visit = [](Worker&, std::size_t number) {
    if (number == 2) throw std::bad_alloc();
  };
  Halt halt(three.all());
  CHECK_FALSE(halt.begin(visit, counting(lasts), Clock::now() + 60s));
  halt.end(true);
  three.third.take_pulse();
  while (three.third.pulse() == 0) std::this_thread::yield();
  CHECK(values(*lasts) == std::vector{0, 0, 0});
}
