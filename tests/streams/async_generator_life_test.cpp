#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "streams/async_generator.hpp"
#include "streams/event.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/death.hpp"
#include "tests/streams/generators.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::Event;
using streams::EventLoop;
using streams::Misuse;

TEST_CASE("a generator that is given up half-consumed ends where it yielded", "[async_generator]") {
  EventLoop loop;
  Log log;
  run(loop, [](Log* l) -> Task<void> {
    auto items = noted(l, Noted(l, "argument"));
    co_await items.next();
    l->clear();
  }(&log));
  CHECK(log == Log{"1 ends", "local ends", "argument ends"});
}

TEST_CASE("a generator that was never asked ends with its arguments", "[async_generator]") {
  Log log;
  { const auto items = noted(&log, Noted(&log, "argument")); }
  CHECK(log == Log{"argument ends"});
}

TEST_CASE("a consumer that throws ends its generator", "[async_generator]") {
  EventLoop loop;
  Log log;
  CHECK_THROWS_AS(run(loop,
                      [](Log* l) -> Task<void> {
                        auto items = noted(l, Noted(nullptr, "argument"));
                        co_await items.next();
                        l->clear();
                        throw std::runtime_error("on purpose");
                      }(&log)),
                  std::runtime_error);
  CHECK(log == Log{"1 ends", "local ends"});
}

TEST_CASE("a generator goes on where it is moved to", "[async_generator]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    auto numbers = count(3);
    co_await take(numbers);
    auto others = count(9);
    others = std::move(numbers);
    const std::vector<int> all = co_await take_all(others);
    CHECK(all == std::vector{2, 3});
    CHECK_THROWS_AS(numbers.next(), Misuse);  // NOLINT(bugprone-use-after-move): the point
  }());
}

TEST_CASE("a second consumer is refused, and changes nothing", "[async_generator]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    auto numbers = after(event);
    std::optional<int> first;
    streams::TaskGroup group(l);
    group.spawn(note_next(numbers, first));
    CHECK_THROWS_AS(numbers.next(), Misuse);
    event.set();
    co_await group.join();
    CHECK(first == 1);
  }(loop));
}

TEST_CASE("a generator that is destroyed under its consumer ends the program",
          "[async_generator]") {
  CHECK(dies(
      [] {
        EventLoop loop;
        run(loop, [](EventLoop& l) -> Task<void> {
          Event never(l);
          std::optional<AsyncGenerator<int>> numbers(after(never));
          std::optional<int> first;
          streams::TaskGroup group(l);
          group.spawn(note_next(*numbers, first));
          numbers.reset();
          group.cancel();
          co_await group.join();
        }(loop));
      },
      "an AsyncGenerator was destroyed while somebody waits for it"));
}
