// StreamWriter: abort().
#include <cerrno>
#include <string>

#include "streams/stream_writer.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
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
