// StreamReader: reads that are cancelled, and a second read beside one that waits.
#include <functional>
#include <string>
#include <utility>

#include "streams/stream_reader.hpp"
#include "tests/catch.hpp"
#include "tests/streams/pieces.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Chunk;
using streams::Error;
using streams::Misuse;
using streams::StreamReader;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Cancels a read that has already taken `part` from the socket, and checks that nothing is lost.
template <class Start>
Task<void> cancel_after(Wire& wire, std::string_view part, Start start) {
  CancelScope scope;
  Outcome cancelled;
  TaskGroup group(wire.loop);
  group.spawn(in_scope(scope, keep(cancelled, start)));
  wire.peer.send(part);
  co_await wire.received(part.size());
  co_await turn(wire.loop);
  CHECK_FALSE(cancelled.done);
  scope.cancel();
  CHECK_FALSE(cancelled.done);  // soon, and not from within cancel()
  co_await group.join();
  CHECK(cancelled.ec == std::errc::operation_canceled);
  CHECK(cancelled.data.empty());
}

}  // namespace

TEST_CASE("a cancelled readline loses no byte: the next read gets them", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    co_await cancel_after(wire, "half a ", [&] { return wire.reader().readline(); });
    wire.peer.send("line\n");
    const Chunk line = co_await wire.reader().readline();
    CHECK(line.data == "half a line\n");
  });
}

TEST_CASE("a cancelled readuntil, readexactly or read_to_end loses no byte", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    co_await cancel_after(wire, "abX", [&] { return wire.reader().readuntil("XY"); });
    wire.peer.send("Y");
    const Chunk until_found = co_await wire.reader().readuntil("XY");
    CHECK(until_found.data == "abXY");
  });
  over_unix([](Wire& wire) -> Task<void> {
    co_await cancel_after(wire, "abc", [&] { return wire.reader().readexactly(5); });
    const Chunk three = co_await wire.reader().read(10);
    CHECK(three.data == "abc");
  });
  over_unix([](Wire& wire) -> Task<void> {
    co_await cancel_after(wire, "abc", [&] { return wire.reader().read_to_end(100); });
    wire.peer.shutdown_send();
    const Chunk all = co_await wire.reader().read_to_end(100);
    CHECK(all.data == "abc");
  });
}

TEST_CASE("a read cancelled before anything came leaves the stream usable", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    co_await cancel_after(wire, "", [&] { return wire.reader().read(10); });
    wire.peer.send("abc");
    co_await several_turns(wire.loop);
    const Chunk chunk = co_await wire.reader().read(10);
    CHECK(chunk.data == "abc");
  });
}

TEST_CASE("bytes that come between the cancelling and the end of the read are kept", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    CancelScope scope;
    Outcome cancelled;
    TaskGroup group(wire.loop);
    group.spawn(in_scope(scope, keep(cancelled, [&] { return wire.reader().read(10); })));
    co_await turn(wire.loop);
    wire.peer.send("abc");
    scope.cancel();
    co_await group.join();
    CHECK(cancelled.ec == std::errc::operation_canceled);
    const Chunk chunk = co_await wire.reader().read(10);
    CHECK(chunk.data == "abc");
  });
}

TEST_CASE("a read whose data is there is not lost to a cancellation", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    CancelScope scope;
    scope.cancel();
    wire.peer.send("abc");
    Outcome outcome;
    TaskGroup group(wire.loop);
    group.spawn(in_scope(scope, keep(outcome, [&] { return wire.reader().read(10); })));
    co_await group.join();
    const Chunk more = co_await wire.reader().read(0);
    CHECK(more);
    std::string all = outcome.data;
    if (outcome.ec) {
      const Chunk rest = co_await wire.reader().read(10);
      all += rest.data;
    }
    CHECK(all == "abc");
  });
}

TEST_CASE("a read in a cancelled scope does not wait", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    CancelScope scope;
    scope.cancel();
    Outcome outcome;
    TaskGroup group(wire.loop);
    group.spawn(in_scope(scope, keep(outcome, [&] { return wire.reader().readline(); })));
    CHECK(outcome.done);
    CHECK(outcome.ec == std::errc::operation_canceled);
    co_await group.join();
  });
}

TEST_CASE("reads cancelled again and again see every byte once, however it was cut", "[reader]") {
  for_each_cut("ab\ncd\n", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    Wire wire(unix_pair());
    Log log;
    run(wire.loop, [](Wire& w, const Pieces& parts, Log& out) -> Task<void> {
      TaskGroup group(w.loop);
      for (const std::string_view part : parts) {
        CancelScope scope;
        Outcome line;
        group.spawn(in_scope(scope, keep(line, [&] { return w.reader().readline(); })));
        w.peer.send(part);
        co_await several_turns(w.loop);
        scope.cancel();
        co_await group.join();
        if (line.ec != std::errc::operation_canceled) out.push_back(line.data);
      }
      w.peer.shutdown_send();
      while (const Chunk line = co_await w.reader().readline()) out.push_back(logged(line));
    }(wire, pieces, log));
    CHECK(log == Log{"ab\n", "cd\n"});
  });
}

TEST_CASE("a second read beside one that waits is refused at once and disturbs nothing",
          "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome first;
    TaskGroup group(wire.loop);
    group.spawn(keep(first, [&] { return wire.reader().readexactly(3); }));
    bool refused = false;
    try {
      const Chunk second = co_await wire.reader().read(1);
      CHECK_FALSE(second);
    } catch (const Misuse& misuse) {
      refused = std::string(misuse.what())
                    .starts_with("a read of a StreamReader while another read waits");
    }
    CHECK(refused);
    wire.peer.send("abc");
    co_await group.join();
    CHECK(first.data == "abc");
  });
}

TEST_CASE("a second read is refused also where its data is there", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("ab");
    Outcome first;
    TaskGroup group(wire.loop);
    group.spawn(keep(first, [&] { return wire.reader().readexactly(3); }));
    co_await several_turns(wire.loop);
    bool refused = false;
    try {
      const Chunk second = co_await wire.reader().read(1);
      CHECK_FALSE(second);
    } catch (const Misuse&) {
      refused = true;
    }
    CHECK(refused);
    wire.peer.send("c");
    co_await group.join();
    CHECK(first.data == "abc");
  });
}

TEST_CASE("a read after one that ended or was cancelled is not a second one", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    co_await cancel_after(wire, "", [&] { return wire.reader().read(1); });
    wire.peer.send("ab");
    const Chunk one = co_await wire.reader().read(1);
    CHECK(one.data == "a");
    const Chunk two = co_await wire.reader().read(1);
    CHECK(two.data == "b");
  });
}
