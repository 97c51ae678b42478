#include "streams/connection_pool.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "streams/error.hpp"
#include "streams/server.hpp"
#include "streams/task_group.hpp"
#include "streams/timeout.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/served.hpp"
#include "tests/streams/socket_pair.hpp"
#include "tests/streams/tcp_targets.hpp"

using namespace tests;
using streams::Acquired;
using streams::Address;
using streams::ConnectionPool;
using streams::Error;
using streams::EventLoop;
using streams::HostPort;
using streams::Lease;
using streams::PoolFigures;
using streams::PoolOptions;
using streams::Task;
using streams::TaskGroup;

namespace {

PoolOptions limited(std::size_t limit, std::size_t kept = 4, std::size_t per_address = 4) {
  PoolOptions options;
  options.limit = limit;
  options.kept = kept;
  options.kept_per_address = per_address;
  return options;
}

/// A service that answers lines, as many of it as a test wants, and a pool for it.
struct Field {
  explicit Field(EventLoop& on, PoolOptions options) : loop(on), pool(on, options) {}
  EventLoop& loop;
  Seen seen;
  std::vector<std::unique_ptr<streams::Server>> servers;
  ConnectionPool pool;

  Address address(std::size_t number = 0) const {
    return HostPort("127.0.0.1", servers[number]->sockname().port());
  }
};

using Body = Task<void> (*)(Field&);

Task<void> play(EventLoop& loop, Body body, PoolOptions options, int servers) {
  Field field(loop, options);
  for (int i = 0; i < servers; ++i) {
    auto starting = start_server(loop, HostPort("127.0.0.1", 0), echo_into(field.seen));
    field.servers.push_back(co_await std::move(starting));
  }
  co_await body(field);
  field.pool.close();
  for (const auto& server : field.servers) {
    server->close();
    server->abort_clients();
    co_await server->wait_closed();
  }
}

void with_pool(PoolOptions options, Body body, int servers = 1) {
  EventLoop loop;
  run(loop, play(loop, body, options, servers));
}

Task<Lease> lease(Field& field, std::size_t server = 0) {
  auto acquiring = field.pool.acquire(field.address(server));
  Acquired acquired = co_await std::move(acquiring);
  CHECK_FALSE(acquired.ec);
  co_return std::move(acquired.lease);
}

/// One conversation, after which the connection is kept.
Task<void> converse(Field& field, std::size_t server = 0) {
  Lease used = co_await lease(field, server);
  co_await expect(used.connection(), "hello\n", "hello\n");
  used.release();
}

/// Notes its name when it has a lease, and lets go of it a turn later.
Task<void> take_turn(Field& field, std::string& log, char name) {
  Lease used = co_await lease(field);
  log += name;
  co_await turn(field.loop);
  used.release();
}

Task<void> note_end(Field& field, std::error_code& ec) {
  auto acquiring = field.pool.acquire(field.address());
  const Acquired acquired = co_await std::move(acquiring);
  ec = acquired.ec;
}

}  // namespace

TEST_CASE("a connection that was released is the next one's", "[connection_pool]") {
  with_pool(limited(2), [](Field& field) -> Task<void> {
    Lease first = co_await lease(field);
    CHECK_FALSE(first.is_reused());
    const auto* const connection = &first.connection();
    first.release();
    CHECK_FALSE(first);
    const Lease second = co_await lease(field);
    CHECK(second.is_reused());
    CHECK(&second.connection() == connection);
    CHECK(field.pool.figures().opened == 1);
    CHECK(field.pool.figures().reused == 1);
  });
}

TEST_CASE("a lease that is dropped closes its connection", "[connection_pool]") {
  with_pool(limited(2), [](Field& field) -> Task<void> {
    {
      const Lease dropped = co_await lease(field);
      co_await expect(dropped.connection(), "hello\n", "hello\n");
    }
    CHECK(field.pool.figures().open == 0);
    co_await until(field.loop, [&field] { return field.seen.ended.size() == 1; });
    const Lease next = co_await lease(field);
    CHECK_FALSE(next.is_reused());
  });
}

TEST_CASE("a lease on whose connection something is unread is closed where it is released",
          "[connection_pool]") {
  with_pool(limited(2), [](Field& field) -> Task<void> {
    Lease used = co_await lease(field);
    used.connection().writer().write("one\ntwo\n");
    co_await until(field.loop, [&used] { return used.connection().transport().unread() == 8; });
    const streams::Chunk first = co_await used.connection().reader().readline();
    CHECK(first.data == "one\n");
    used.release();
    CHECK(field.pool.figures().kept == 0);
  });
}

TEST_CASE("those who come while `limit` are in use wait, first come, first served",
          "[connection_pool]") {
  with_pool(limited(1), [](Field& field) -> Task<void> {
    Lease held = co_await lease(field);
    std::string log;
    TaskGroup group(field.loop);
    for (const char name : {'a', 'b', 'c', 'd'}) group.spawn(take_turn(field, log, name));
    co_await several_turns(field.loop);
    CHECK(log.empty());
    CHECK(field.pool.figures().waiting == 4);
    held.release();
    co_await group.join();
    CHECK(log == "abcd");
    CHECK(field.pool.figures().waiting == 0);
    CHECK(field.pool.figures().opened == 1);
  });
}

TEST_CASE("who waits is cancelled alone, and leaves its place to the next", "[connection_pool]") {
  with_pool(limited(1), [](Field& field) -> Task<void> {
    Lease held = co_await lease(field);
    std::error_code ec;
    std::string log;
    TaskGroup group(field.loop);
    auto cancelled = group.spawn(note_end(field, ec));
    group.spawn(take_turn(field, log, 'b'));
    cancelled.cancel();
    co_await until(field.loop, [&cancelled] { return cancelled.done(); });
    CHECK(ec == std::errc::operation_canceled);
    held.release();
    co_await group.join();
    CHECK(log == "b");
  });
}

TEST_CASE("a wait for a lease ends with a time limit from outside", "[connection_pool]") {
  with_pool(limited(1), [](Field& field) -> Task<void> {
    const Lease held = co_await lease(field);
    auto waiting =
        with_timeout(field.loop, std::chrono::milliseconds(1), field.pool.acquire(field.address()));
    const auto timed = co_await std::move(waiting);
    CHECK(timed.ec == std::errc::timed_out);
    CHECK(timed.value.ec == std::errc::operation_canceled);
    CHECK(field.pool.figures().waiting == 0);
    CHECK(field.pool.figures().in_use == 1);
  });
}

TEST_CASE("a connection that cannot be opened is an error, and its place is free again",
          "[connection_pool]") {
  with_pool(limited(1), [](Field& field) -> Task<void> {
    auto acquiring = field.pool.acquire(HostPort("127.0.0.1", refusing_port()));
    const Acquired acquired = co_await std::move(acquiring);
    CHECK(acquired.ec == std::errc::connection_refused);
    CHECK_FALSE(acquired.lease);
    const PoolFigures figures = field.pool.figures();
    CHECK(figures.failed == 1);
    CHECK(figures.opened == 0);
    co_await converse(field);
  });
}

TEST_CASE("a kept connection whose peer has closed, or said something unasked, is not handed out",
          "[connection_pool]") {
  const auto leave = GENERATE(
      as<void (*)(Peer&)>{}, [](Peer& peer) { peer.close(); },
      [](Peer& peer) { peer.shutdown_send(); }, [](Peer& peer) { peer.reset(); },
      [](Peer& peer) { peer.send("421 going away\n"); });
  EventLoop loop;
  run(loop, [](EventLoop& l, void (*spoil)(Peer&)) -> Task<void> {
    TcpListener listener;
    ConnectionPool pool(l, limited(1));
    const Address address = HostPort("127.0.0.1", listener.port());
    auto first = pool.acquire(address);
    Acquired used = co_await std::move(first);
    REQUIRE_FALSE(used.ec);
    Peer peer(listener.accept());
    used.lease.release();
    CHECK(pool.figures().kept == 1);
    spoil(peer);
    auto second = pool.acquire(address);
    const Acquired next = co_await std::move(second);
    CHECK_FALSE(next.ec);
    CHECK_FALSE(next.lease.is_reused());
    CHECK(pool.figures().open == 1);
  }(loop, leave));
}

TEST_CASE("of one address the oldest kept connection is closed first", "[connection_pool]") {
  with_pool(limited(4, 8, 2), [](Field& field) -> Task<void> {
    Lease a = co_await lease(field);
    Lease b = co_await lease(field);
    Lease c = co_await lease(field);
    const auto* const second = &b.connection();
    const auto* const third = &c.connection();
    a.release();
    b.release();
    c.release();
    CHECK(field.pool.figures().kept == 2);
    const Lease newest = co_await lease(field);
    const Lease older = co_await lease(field);
    CHECK(&newest.connection() == third);
    CHECK(&older.connection() == second);
  });
}

TEST_CASE("of all addresses no more are kept than the bound, the oldest closed first",
          "[connection_pool]") {
  const auto body = [](Field& field) -> Task<void> {
    for (const std::size_t server : {0U, 1U, 2U}) co_await converse(field, server);
    CHECK(field.pool.figures().kept == 2);
    const Lease last = co_await lease(field, 2);
    const Lease middle = co_await lease(field, 1);
    const Lease first = co_await lease(field, 0);
    CHECK(last.is_reused());
    CHECK(middle.is_reused());
    CHECK_FALSE(first.is_reused());
  };
  with_pool(limited(4, 2, 2), body, 3);
}

TEST_CASE("a closed pool gives out nothing and tells those who wait", "[connection_pool]") {
  with_pool(limited(1), [](Field& field) -> Task<void> {
    Lease held = co_await lease(field);
    std::error_code waited;
    TaskGroup group(field.loop);
    group.spawn(note_end(field, waited));
    field.pool.close();
    co_await group.join();
    CHECK(waited == Error::closed);
    std::error_code later;
    co_await note_end(field, later);
    CHECK(later == Error::closed);
    co_await expect(held.connection(), "hello\n", "hello\n");
    held.release();
    CHECK(field.pool.figures().open == 0);
  });
}

TEST_CASE("a lease that moves takes its connection and its place with it", "[connection_pool]") {
  with_pool(limited(2), [](Field& field) -> Task<void> {
    Lease a = co_await lease(field);
    Lease b = co_await lease(field);
    b = std::move(a);
    CHECK(field.pool.figures().in_use == 1);
    const Lease c = std::move(b);
    co_await expect(c.connection(), "hello\n", "hello\n");
    CHECK(field.pool.figures().in_use == 1);
    CHECK(field.pool.figures().open == 1);
  });
}
