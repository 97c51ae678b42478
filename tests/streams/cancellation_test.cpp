#include "streams/cancellation.hpp"

#include <string>
#include <system_error>

#include "streams/event.hpp"
#include "streams/sleep.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::Cancellable;
using streams::CancelScope;
using streams::Event;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;

namespace {

struct Waiting final : Cancellable {
  void cancel_wait() noexcept override { ++cancelled; }
  int cancelled = 0;
};

Task<bool> wait_three_deep(Event& event, int levels) {
  if (levels == 0) {
    const bool happened = co_await event.wait();
    co_return happened;
  }
  const bool happened = co_await wait_three_deep(event, levels - 1);
  co_return happened;
}

/// Waits again and again, whatever comes of it.
Task<void> stubborn(EventLoop& loop, int& attempts, int& cancellations) {
  for (attempts = 0; attempts < 5; ++attempts) {
    try {
      const std::error_code ec = co_await streams::sleep_for(loop, 1h);
      if (ec == std::errc::operation_canceled) ++cancellations;
    } catch (...) {
      // Cancellation is a value: a catch-all must not be able to swallow it.
      FAIL("cancellation was thrown");
    }
  }
}

}  // namespace

TEST_CASE("cancelling a scope wakes what waits in it, once", "[cancellation]") {
  CancelScope scope;
  Waiting waiting;
  CHECK(scope.enter(waiting));
  CHECK_FALSE(scope.cancelled());
  scope.cancel();
  scope.cancel();
  CHECK(scope.cancelled());
  CHECK(waiting.cancelled == 1);
}

TEST_CASE("a cancelled scope refuses every later wait", "[cancellation]") {
  CancelScope scope;
  scope.cancel();
  Waiting waiting;
  CHECK_FALSE(scope.enter(waiting));
  scope.cancel();
  CHECK(waiting.cancelled == 0);
}

TEST_CASE("a wait that is over is not woken", "[cancellation]") {
  CancelScope scope;
  Waiting waiting;
  CHECK(scope.enter(waiting));
  scope.leave();
  scope.cancel();
  CHECK(waiting.cancelled == 0);
}

TEST_CASE("a scope is inherited by every Task awaited below", "[cancellation]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    CancelScope scope;
    bool happened = true;
    bool done = false;
    TaskGroup group(l);
    group.spawn(in_scope(scope, [](Event& event, bool& out, bool& end) -> Task<void> {
      out = co_await wait_three_deep(event, 3);
      end = true;
    }(never, happened, done)));
    co_await turn(l);
    CHECK_FALSE(done);
    scope.cancel();
    CHECK_FALSE(done);  // soon, and not from within cancel()
    co_await group.join();
    CHECK_FALSE(happened);
  }(loop));
}

TEST_CASE("after a cancellation nothing in the chain waits again, and no exception is thrown",
          "[cancellation]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    CancelScope scope;
    int attempts = 0;
    int cancellations = 0;
    TaskGroup group(l);
    group.spawn(in_scope(scope, stubborn(l, attempts, cancellations)));
    scope.cancel();
    co_await group.join();
    CHECK(attempts == 5);
    CHECK(cancellations == 5);
  }(loop));
}

TEST_CASE("cancelling one scope leaves its sibling and its awaiter alone", "[cancellation]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    CancelScope first;
    CancelScope second;
    Outcome one;
    Outcome two;
    TaskGroup group(l);
    group.spawn(in_scope(first, keep_error(one, [&] { return streams::sleep_for(l, 1h); })));
    group.spawn(in_scope(second, keep_error(two, [&] { return streams::sleep_for(l, 1ms); })));
    first.cancel();
    co_await group.join();
    CHECK(one.ec == std::errc::operation_canceled);
    CHECK_FALSE(two.ec);
    const std::error_code own = co_await streams::sleep_for(l, 0s);
    CHECK_FALSE(own);
  }(loop));
}
