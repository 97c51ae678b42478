// A ConnectionPool while a connection is on its way.
#include <system_error>

#include "streams/connection_pool.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/death.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/tcp_targets.hpp"

using namespace tests;
using streams::Acquired;
using streams::ConnectionPool;
using streams::EventLoop;
using streams::HostPort;
using streams::Task;
using streams::TaskGroup;

namespace {

Task<void> note_end(ConnectionPool& pool, std::uint16_t port, std::error_code& ec) {
  auto acquiring = pool.acquire(HostPort("127.0.0.1", port));
  const Acquired acquired = co_await std::move(acquiring);
  ec = acquired.ec;
}

}  // namespace

TEST_CASE("a connection on its way has not failed before it has, or is cancelled",
          "[connection_pool]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    const FullListener listener;
    ConnectionPool pool(l);
    std::error_code ec;
    TaskGroup group(l);
    auto opening = group.spawn(note_end(pool, listener.port(), ec));
    co_await several_turns(l);
    CHECK(pool.figures().opening == 1);
    CHECK(pool.figures().failed == 0);
    opening.cancel();
    co_await group.join();
    CHECK(ec == std::errc::operation_canceled);
    CHECK(pool.figures().opening == 0);
    CHECK(pool.figures().failed == 1);
    CHECK(pool.figures().opened == 0);
  }(loop));
}

TEST_CASE("a pool that is destroyed while a connection is on its way ends the program",
          "[connection_pool]") {
  const auto leave_acquire_inside = [] {
    EventLoop loop;
    loop.run([](EventLoop& l) -> Task<void> {
      const FullListener listener;
      std::error_code ec;
      TaskGroup group(l);
      ConnectionPool pool(l);
      group.spawn(note_end(pool, listener.port(), ec));
      co_await several_turns(l);
    }(loop));
  };
  CHECK(
      dies(leave_acquire_inside, "a ConnectionPool was destroyed while somebody is in acquire()"));
}
