// StreamReader: readline_nowait().
#include <string>

#include "streams/stream_reader.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::Error;
using streams::Task;

TEST_CASE("lines that came with another are had without waiting, the last, partial one is not",
          "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("one\ntwo\n\nthree\r\nfo");
    CHECK(wire.reader().readline_nowait().empty());  // nothing has been asked for yet
    const Chunk first = co_await wire.reader().readline();
    CHECK(first.data == "one\n");
    CHECK(wire.reader().readline_nowait() == "two\n");
    CHECK(wire.reader().readline_nowait() == "\n");
    CHECK(wire.reader().readline_nowait() == "three\r\n");
    CHECK(wire.reader().readline_nowait().empty());
    wire.peer.send("ur\n");
    const Chunk last = co_await wire.reader().readline();
    CHECK(last.data == "four\n");
  });
}

TEST_CASE("a line over the limit is left for readline() to tell", "[reader]") {
  with_limit(4, [](Wire& wire) -> Task<void> {
    wire.peer.send("a\n1234\n12345\nb\n");
    const Chunk first = co_await wire.reader().readline();
    CHECK(first.data == "a\n");
    CHECK(wire.reader().readline_nowait() == "1234\n");
    CHECK(wire.reader().readline_nowait().empty());
    const Chunk overrun = co_await wire.reader().readline();
    CHECK(overrun.ec == Error::limit_overrun);
    CHECK(wire.reader().readline_nowait() == "b\n");
  });
}

TEST_CASE("the lines of a connection that was broken off are not had any more", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("one\ntwo\n");
    const Chunk first = co_await wire.reader().readline();
    CHECK(first.data == "one\n");
    wire.writer().abort();
    CHECK(wire.reader().readline_nowait().empty());
  });
}
