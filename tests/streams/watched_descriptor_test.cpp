#include "streams/watched_descriptor.hpp"

#include <cerrno>
#include <memory>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

#include "streams/task_group.hpp"
#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace tests;
using streams::CancelScope;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;
using streams::UniqueFd;
using streams::WatchedDescriptor;

namespace {

Task<void> count_times(WatchedDescriptor& watched, int& times) {
  for (;;) {
    const bool some = co_await watched.readable();
    if (!some) co_return;
    ++times;
  }
}

UniqueFd make_eventfd() { return UniqueFd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

}  // namespace

TEST_CASE("who waits for a descriptor is told of each arrival, once", "[watched_descriptor]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const UniqueFd fd = make_eventfd();
    WatchedDescriptor watched(l, fd.get());
    int times = 0;
    TaskGroup group(l);
    group.spawn(count_times(watched, times));
    co_await several_turns(l);
    CHECK(times == 0);
    for (int arrival = 1; arrival <= 3; ++arrival) {
      ::eventfd_write(fd.get(), 1);
      co_await several_turns(l);
      CHECK(times == arrival);
    }
    group.cancel();
    co_await group.join();
  }(loop));
}

TEST_CASE("what came while nobody waited is told to the next", "[watched_descriptor]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const UniqueFd fd = make_eventfd();
    WatchedDescriptor watched(l, fd.get());
    ::eventfd_write(fd.get(), 1);
    co_await several_turns(l);
    const bool some = co_await watched.readable();
    CHECK(some);
  }(loop));
}

TEST_CASE("one that left something is told again, in a turn of its own", "[watched_descriptor]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const UniqueFd fd = make_eventfd();
    WatchedDescriptor watched(l, fd.get());
    int times = 0;
    TaskGroup group(l);
    watched.assume_readable();
    group.spawn(count_times(watched, times));
    CHECK(times == 0);
    co_await several_turns(l);
    CHECK(times == 1);
    group.cancel();
    co_await group.join();
  }(loop));
}

TEST_CASE("a cancelled wait for a descriptor says so, as does one after that",
          "[watched_descriptor]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const UniqueFd fd = make_eventfd();
    WatchedDescriptor watched(l, fd.get());
    int times = 0;
    CancelScope scope;
    TaskGroup group(l);
    group.spawn(in_scope(scope, count_times(watched, times)));
    co_await turn(l);
    scope.cancel();
    co_await group.join();
    watched.assume_readable();
    group.spawn(in_scope(scope, count_times(watched, times)));
    co_await group.join();
    CHECK(times == 0);
  }(loop));
}

TEST_CASE("no event comes for what is not watched any more, though a copy of it is open",
          "[watched_descriptor]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    SocketPair pair = unix_pair();
    const UniqueFd copy(::dup(pair.ours.get()));
    auto watched = std::make_unique<WatchedDescriptor>(l, pair.ours.get());
    co_await several_turns(l);
    watched.reset();
    pair.ours.reset();
    Peer(std::move(pair.theirs)).send("to nobody");
    // The sanitizers would see a call of what is gone.
    co_await several_turns(l);
    CHECK(copy);
  }(loop));
}

TEST_CASE("a descriptor that cannot be watched is an exception", "[watched_descriptor]") {
  EventLoop loop;
  CHECK_THROWS_AS(WatchedDescriptor(loop, -1), std::system_error);
}
