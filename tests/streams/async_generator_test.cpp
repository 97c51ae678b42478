#include "streams/async_generator.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "streams/event.hpp"
#include "streams/sleep.hpp"
#include "streams/task_group.hpp"
#include "streams/timeout.hpp"
#include "tests/catch.hpp"
#include "tests/streams/generators.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;

namespace {

/// Waits before every `period`-th number.
AsyncGenerator<int> count_slowly(EventLoop& loop, int end, int period) {
  for (int i = 1; i <= end; ++i) {
    if (i % period == 0) co_await turn(loop);
    co_yield i;
  }
}

AsyncGenerator<int> doubled(AsyncGenerator<int> numbers) {
  while (int* number = co_await numbers.next()) co_yield *number * 2;
}

AsyncGenerator<int> fails_after_one() {
  const int one = 1;
  co_yield int{one};
  throw std::runtime_error("on purpose");
}

}  // namespace

TEST_CASE("a generator's items come in order, then nothing, each time", "[async_generator]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    auto numbers = count(3);
    const std::vector<int> all = co_await take_all(numbers);
    CHECK(all == std::vector{1, 2, 3});
    const auto again = co_await take(numbers);
    CHECK_FALSE(again);
    const auto and_again = co_await take(numbers);
    CHECK_FALSE(and_again);
    auto none = count(0);
    const auto nothing = co_await take(none);
    CHECK_FALSE(nothing);
  }());
}

TEST_CASE("a generator runs when it is asked, and no further than it is asked",
          "[async_generator]") {
  EventLoop loop;
  Log log;
  run(loop, [](Log* l) -> Task<void> {
    auto items = noted(l, Noted(nullptr, "argument"));
    CHECK(l->empty());
    const Noted* item = co_await items.next();
    CHECK(item->name() == "1");
    CHECK(*l == Log{"begins with argument"});
    item = co_await items.next();
    CHECK(item->name() == "2");
    CHECK(*l == Log{"begins with argument", "1 ends"});
  }(&log));
}

TEST_CASE("an item may be moved from, and is destroyed once", "[async_generator]") {
  EventLoop loop;
  Log log;
  run(loop, [](Log* l) -> Task<void> {
    auto items = noted(l, Noted(nullptr, "argument"));
    Noted* item = co_await items.next();
    std::optional<Noted> kept(std::move(*item));
    co_await items.next();
    CHECK(*l == Log{"begins with argument"});
    kept.reset();
    CHECK(*l == Log{"begins with argument", "1 ends"});
  }(&log));
}

TEST_CASE("a generator that waits holds up its consumer alone", "[async_generator]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    auto numbers = after(event);
    std::optional<int> first;
    streams::TaskGroup group(l);
    group.spawn(note_next(numbers, first));
    co_await several_turns(l);
    CHECK_FALSE(first);
    event.set();
    co_await group.join();
    CHECK(first == 1);
    const std::vector<int> all = co_await take_all(numbers);
    CHECK(all == std::vector{2});
  }(loop));
}

TEST_CASE("a generator may consume another", "[async_generator]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    auto numbers = doubled(count_slowly(l, 5, 2));
    const std::vector<int> all = co_await take_all(numbers);
    CHECK(all == std::vector{2, 4, 6, 8, 10});
  }(loop));
}

TEST_CASE("a million items do not grow the stack, whether they are waited for or not",
          "[async_generator]") {
  EventLoop loop;
  const int period = GENERATE(7, 2'000'000);
  run(loop, [](EventLoop& l, int waiting) -> Task<void> {
    const int end = waiting == 7 ? 100'000 : 1'000'000;
    auto numbers = count_slowly(l, end, waiting);
    std::uintptr_t lowest = UINTPTR_MAX;
    std::uintptr_t highest = 0;
    int seen = 0;
    while (co_await numbers.next()) {
      const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
      lowest = std::min(lowest, here);
      highest = std::max(highest, here);
      ++seen;
    }
    CHECK(seen == end);
    CHECK(highest - lowest < 16384);
  }(loop, period));
}

TEST_CASE("what a generator throws comes out of next() once; then it has ended",
          "[async_generator]") {
  EventLoop loop;
  run(loop, []() -> Task<void> {
    auto numbers = fails_after_one();
    const auto first = co_await take(numbers);
    CHECK(first == 1);
    bool thrown = false;
    try {
      co_await take(numbers);
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown);
    const auto nothing = co_await take(numbers);
    CHECK_FALSE(nothing);
  }());
}

TEST_CASE("cancelling the consumer wakes the generator, which may still yield",
          "[async_generator]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    auto numbers = after(never);
    std::optional<int> first;
    streams::TaskGroup group(l);
    group.spawn(note_next(numbers, first));
    co_await several_turns(l);
    group.cancel();
    co_await group.join();
    CHECK(first == -1);
    // From a scope that is not cancelled it goes on.
    const auto second = co_await take(numbers);
    CHECK(second == 2);
    const auto nothing = co_await take(numbers);
    CHECK_FALSE(nothing);
  }(loop));
}

TEST_CASE("each next() runs in the scope that it is awaited in", "[async_generator]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    auto numbers = count_slowly(l, 3, 1);
    auto first = streams::with_timeout(l, std::chrono::seconds{9}, take(numbers));
    const auto timed = co_await std::move(first);
    CHECK(timed.value == 1);
    // The scope of the first is gone by now; one that is cancelled lets nothing wait.
    CancelScope cancelled;
    cancelled.cancel();
    std::optional<int> second;
    co_await in_scope(cancelled, note_next(numbers, second));
    CHECK(second == 2);
    const auto third = co_await take(numbers);
    CHECK(third == 3);
  }(loop));
}
