// StreamReader: broken connections.
#include <string>

#include "streams/stream_reader.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::StreamReader;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Checks that every kind of read gives `expected`, and no data.
template <class Code>
Task<void> every_read_gives(StreamReader& reader, Code expected) {
  for (int round = 0; round < 2; ++round) {
    const Chunk some = co_await reader.read(1);
    CHECK(some.ec == expected);
    CHECK(some.data.empty());
    const Chunk line = co_await reader.readline();
    CHECK(line.ec == expected);
    CHECK(line.data.empty());
    const Chunk found = co_await reader.readuntil("b");
    CHECK(found.ec == expected);
    CHECK(found.data.empty());
    const Chunk exact = co_await reader.readexactly(1);
    CHECK(exact.ec == expected);
    CHECK(exact.data.empty());
    const Chunk all = co_await reader.read_to_end(100);
    CHECK(all.ec == expected);
    CHECK(all.data.empty());
  }
}

/// Lets a read find `sent` and wait for more, then the peer's reset.
Task<void> break_with_buffered(Wire& wire, std::string_view sent) {
  Outcome outcome;
  TaskGroup group(wire.loop);
  group.spawn(keep(outcome, [&] { return wire.reader().readexactly(1000); }));
  wire.peer.send(sent);
  co_await wire.received(sent.size());
  wire.peer.reset();
  co_await group.join();
  CHECK(outcome.ec == std::errc::connection_reset);
}

}  // namespace

TEST_CASE("a read that waits gets the error of a connection that breaks", "[reader]") {
  over_tcp([](Wire& wire) -> Task<void> { co_await break_with_buffered(wire, ""); });
}

TEST_CASE("after a connection error every read returns it, before any buffered data", "[reader]") {
  over_tcp([](Wire& wire) -> Task<void> {
    co_await break_with_buffered(wire, "abc\nabc");
    co_await every_read_gives(wire.reader(), std::errc::connection_reset);
    CHECK_FALSE(wire.reader().peer_has_ended());
  });
}

TEST_CASE("a connection error that a write finds is returned by every read as well", "[reader]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.send("abc\nabc");
    const Chunk one = co_await wire.reader().read(1);
    CHECK(one.data == "a");
    wire.peer.reset();
    while (!wire.writer().error()) {
      wire.writer().write("x");
      co_await turn(wire.loop);
    }
    const Chunk chunk = co_await wire.reader().read(10);
    CHECK(chunk.ec);
    CHECK(chunk.ec != streams::Error::end_of_stream);
    CHECK(chunk.data.empty());
  });
}

TEST_CASE("a reset that a write finds does not look like the end of the stream", "[reader]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.reset();
    while (!wire.writer().error()) {
      wire.writer().write("x");
      co_await turn(wire.loop);
    }
    const Chunk chunk = co_await wire.reader().read(10);
    CHECK(chunk.ec);
    CHECK(chunk.ec != streams::Error::end_of_stream);
    CHECK_FALSE(wire.reader().at_eof());
  });
}

TEST_CASE("abort wakes a read that waits, with an error", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome outcome;
    TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().readline(); }));
    co_await turn(wire.loop);
    wire.writer().abort();
    CHECK_FALSE(outcome.done);  // soon, and not from within abort()
    co_await group.join();
    CHECK(outcome.ec == std::errc::connection_aborted);
    co_await every_read_gives(wire.reader(), std::errc::connection_aborted);
  });
}

TEST_CASE("the peer's close with our bytes unread is an error to later reads, never a hang",
          "[reader]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.writer().write("never read");
    co_await until(wire.loop, [&] { return wire.transport().bytes_sent() == 10; });
    Outcome outcome;
    TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().read(10); }));
    wire.peer.close();  // RST, because there is input unread
    co_await group.join();
    CHECK(outcome.ec == std::errc::connection_reset);
  });
}
