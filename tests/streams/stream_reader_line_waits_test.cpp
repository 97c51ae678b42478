// StreamReader: line_waits().
#include "streams/stream_reader.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::Chunk;
using streams::Task;

namespace {

constexpr std::chrono::steady_clock::time_point start{1h};

}  // namespace

TEST_CASE("a line waits from the first look at a part of it until its end", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome line;
    streams::TaskGroup group(wire.loop);
    CHECK(wire.reader().line_waits(start) == 0s);  // nobody reads
    group.spawn(keep(line, [&] { return wire.reader().readline(); }));
    co_await several_turns(wire.loop);
    CHECK(wire.reader().line_waits(start) == 0s);  // nothing has come
    wire.peer.send("he");
    co_await several_turns(wire.loop);
    CHECK(wire.reader().line_waits(start + 1s) == 0s);
    wire.peer.send("llo");
    co_await several_turns(wire.loop);
    CHECK(wire.reader().line_waits(start + 3s) == 2s);
    wire.peer.send("\nano");
    co_await group.join();
    CHECK(line.data == "hello\n");
    Outcome next;
    streams::TaskGroup again(wire.loop);
    again.spawn(keep(next, [&] { return wire.reader().readline(); }));
    co_await several_turns(wire.loop);
    CHECK(wire.reader().line_waits(start + 4s) == 0s);
    CHECK(wire.reader().line_waits(start + 5s) == 1s);
    wire.peer.send("ther\n");
    co_await again.join();
    CHECK(next.data == "another\n");
  });
}

TEST_CASE("what is discarded of a line that is too long waits as well", "[reader]") {
  with_limit(4, [](Wire& wire) -> Task<void> {
    wire.peer.send("hello");
    const Chunk overrun = co_await wire.reader().readline();
    CHECK(overrun.ec == streams::Error::limit_overrun);
    Outcome line;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(line, [&] { return wire.reader().readline(); }));
    co_await several_turns(wire.loop);
    CHECK(wire.reader().line_waits(start) == 0s);
    wire.peer.send("x");
    co_await several_turns(wire.loop);
    CHECK(wire.reader().line_waits(start + 2s) == 2s);
    wire.peer.send("\nok\n");
    co_await group.join();
    CHECK(line.data == "ok\n");
  });
}

TEST_CASE("no other read waits for a line", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome read;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(read, [&] { return wire.reader().readexactly(4); }));
    wire.peer.send("he");
    co_await several_turns(wire.loop);
    CHECK(wire.reader().line_waits(start) == 0s);
    CHECK(wire.reader().line_waits(start + 9s) == 0s);
    wire.peer.send("ll");
    co_await group.join();
    CHECK(read.data == "hell");
  });
}
