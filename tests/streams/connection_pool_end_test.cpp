// The end of a ConnectionPool: what may not be left behind, and what goes with it.
#include <optional>
#include <utility>

#include "streams/connection_pool.hpp"
#include "tests/catch.hpp"
#include "tests/streams/death.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace tests;
using streams::Acquired;
using streams::ConnectionPool;
using streams::EventLoop;
using streams::HostPort;
using streams::PoolOptions;
using streams::Task;

namespace {

Task<Acquired> acquire(ConnectionPool& pool, std::uint16_t port) {
  auto acquiring = pool.acquire(HostPort("127.0.0.1", port));
  co_return co_await std::move(acquiring);
}

}  // namespace

TEST_CASE("a pool that is destroyed closes the connections that it keeps", "[connection_pool]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TcpListener listener;
    std::optional<ConnectionPool> pool(std::in_place, l);
    Acquired used = co_await acquire(*pool, listener.port());
    REQUIRE_FALSE(used.ec);
    Peer peer(listener.accept());
    used.lease.release();
    CHECK(pool->figures().kept == 1);
    peer.receive();
    CHECK_FALSE(peer.has_ended());
    pool.reset();
    peer.receive();
    CHECK(peer.has_ended());
  }(loop));
}

TEST_CASE("a pool that keeps none closes each connection that is released", "[connection_pool]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    TcpListener listener;
    PoolOptions options;
    options.kept = 0;
    ConnectionPool pool(l, options);
    Acquired used = co_await acquire(pool, listener.port());
    REQUIRE_FALSE(used.ec);
    Peer peer(listener.accept());
    used.lease.release();
    CHECK(pool.figures().open == 0);
    peer.receive();
    CHECK(peer.has_ended());
  }(loop));
}

TEST_CASE("a pool that is destroyed while a lease is out ends the program", "[connection_pool]") {
  const auto leave_lease_out = [] {
    EventLoop loop;
    loop.run([](EventLoop& l) -> Task<void> {
      TcpListener listener;
      Acquired used;
      ConnectionPool pool(l);
      used = co_await acquire(pool, listener.port());
    }(loop));
  };
  CHECK(dies(leave_lease_out, "a ConnectionPool was destroyed while a lease is out"));
}
