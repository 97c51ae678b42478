// StreamWriter: abort().
#include <cerrno>
#include <chrono>
#include <string>

#include "streams/connection.hpp"
#include "streams/stream_writer.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::Connection;
using streams::Task;
using streams::TaskGroup;

TEST_CASE("abort drops what is buffered and resets", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.writer().write(std::string(std::size_t{16} << 20, 'x'));
    CHECK(wire.writer().pending() > 0);
    Outcome drained;
    TaskGroup group(wire.loop);
    group.spawn(keep_error(drained, [&] { return wire.writer().drain(); }));
    co_await turn(wire.loop);
    wire.writer().abort();
    CHECK_FALSE(drained.done);  // soon, and not from within abort()
    CHECK(wire.writer().is_closing());
    CHECK(wire.writer().pending() == 0);
    co_await group.join();
    CHECK(drained.ec == std::errc::connection_aborted);
    wire.writer().abort();
    wire.writer().write("dropped");
    CHECK(wire.writer().pending() == 0);
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(got.size() < (std::size_t{16} << 20));
    CHECK(wire.peer.error() == ECONNRESET);
    const std::error_code closed = co_await wire.writer().wait_closed();
    CHECK(closed == std::errc::connection_aborted);
  });
}

TEST_CASE("a connection destroyed right after abort leaves nothing behind", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.writer().write("small");
    wire.writer().abort();
    wire.connection.reset();
    co_await several_turns(wire.loop);
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(got.empty());
    CHECK(wire.peer.error() == ECONNRESET);
  });
}

TEST_CASE("abort ends a wait_closed at once that reads no more of a peer", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed, 1h));
    const std::string piece(65536, 'x');
    while (wire.transport().bytes_received() <= Connection::max_discarded) {
      wire.peer.try_send(piece);
      co_await turn(wire.loop);
    }
    co_await several_turns(wire.loop);
    CHECK_FALSE(closed.done);
    wire.writer().abort();
    co_await turn(wire.loop);
    co_await turn(wire.loop);
    CHECK(closed.done);
    CHECK(closed.ec == std::errc::connection_aborted);
    co_await group.join();
  });
}
