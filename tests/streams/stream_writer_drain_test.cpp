// StreamWriter: drain() and the water marks.
#include <array>
#include <string>

#include "streams/stream_writer.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::CancelScope;
using streams::Chunk;
using streams::Error;
using streams::StreamOptions;
using streams::Task;
using streams::TaskGroup;

namespace {

constexpr StreamOptions low_marks{streams::StreamReader::default_limit, {10000, 4000}};

/// A pair whose kernel buffers take next to nothing, so that what is written stays with us.
SocketPair narrow_pair() { return with_small_send_buffer(unix_pair()); }

/// Writes until the kernel takes no more and exactly `size` bytes are pending.
Task<void> fill(Wire& wire, std::size_t size) {
  const std::string big(8192, 'x');
  while (wire.writer().pending() == 0) wire.writer().write(big);
  co_await several_turns(wire.loop);
  REQUIRE(wire.writer().pending() < size);
  wire.writer().write(std::string(size - wire.writer().pending(), 'x'));
  co_await several_turns(wire.loop);
  REQUIRE(wire.writer().pending() == size);
}

/// Writes and drains `rounds` times and keeps the most that was ever pending.
Task<void> produce(Wire& wire, std::size_t size, int rounds, std::size_t& most) {
  const std::string bytes(size, 'x');
  for (int i = 0; i < rounds; ++i) {
    wire.writer().write(bytes);
    most = std::max(most, wire.writer().pending());
    const std::error_code ec = co_await wire.writer().drain();
    if (ec) co_return;
  }
}

}  // namespace

TEST_CASE("the default water marks are 64 KiB and 16 KiB", "[writer]") {
  CHECK(streams::WaterMarks{}.high == 65536);
  CHECK(streams::WaterMarks{}.low == 16384);
}

TEST_CASE("must_drain says whether drain would wait for the peer", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    while (wire.writer().pending() <= 64 * 1024) {
      CHECK_FALSE(wire.writer().must_drain());
      wire.writer().write(std::string(30'000, 'x'));
    }
    CHECK(wire.writer().must_drain());
    co_return;
  });
}

TEST_CASE("drain returns at once while no more than the high-water mark is unsent", "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    co_await fill(wire, 10000);
    Outcome drained;
    TaskGroup group(wire.loop);
    group.spawn(keep_error(drained, [&] { return wire.writer().drain(); }));
    CHECK(drained.done);
    CHECK_FALSE(drained.ec);
    CHECK(wire.writer().pending() == 10000);
    co_await group.join();
  });
}

TEST_CASE("above the high-water mark drain waits until no more than the low-water mark is unsent",
          "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    co_await fill(wire, 10001);
    Outcome drained;
    TaskGroup group(wire.loop);
    group.spawn(keep_error(drained, [&] { return wire.writer().drain(); }));
    co_await several_turns(wire.loop);
    CHECK_FALSE(drained.done);
    std::size_t least_while_waiting = 10001;
    while (!drained.done) {
      least_while_waiting = std::min(least_while_waiting, wire.writer().pending());
      const std::string taken = wire.peer.receive(500);
      co_await turn(wire.loop);
    }
    CHECK_FALSE(drained.ec);
    CHECK(least_while_waiting > 4000);  // it went on waiting below the high-water mark
    CHECK(wire.writer().pending() <= 4000);
    CHECK(wire.writer().pending() > 0);  // and did not wait for everything
    co_await group.join();
  });
}

TEST_CASE(
    "write and drain towards a peer that does not read stays within the high-water mark plus "
    "one write",
    "[writer]") {
  for (std::size_t size : {std::size_t{10}, std::size_t{3000}, std::size_t{50000}}) {
    on_wire(
        narrow_pair(), low_marks,
        [](Wire& wire, std::size_t& write_size) -> Task<void> {
          std::size_t most = 0;
          TaskGroup group(wire.loop);
          group.spawn(produce(wire, write_size, 2000, most));
          co_await several_turns(wire.loop);
          CHECK_FALSE(group.empty());  // it waits
          const std::size_t held = wire.writer().pending();
          co_await several_turns(wire.loop);
          CHECK(wire.writer().pending() == held);
          CHECK(most > 10000);
          CHECK(most <= 10000 + write_size);
          wire.peer.close();
          co_await group.join();
        },
        size);
  }
}

TEST_CASE("a producer that drains moves everything to a peer that reads slowly", "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    std::size_t most = 0;
    TaskGroup group(wire.loop);
    group.spawn(produce(wire, 3000, 100, most));
    std::size_t got = 0;
    while (got < 300000) {
      got += wire.peer.receive(1000).size();
      co_await turn(wire.loop);
    }
    co_await group.join();
    CHECK(got == 300000);
    CHECK(most <= 13000);
  });
}

TEST_CASE("a drain that is cancelled ends with that, and loses nothing that was written",
          "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    co_await fill(wire, 20000);
    CancelScope scope;
    Outcome drained;
    TaskGroup group(wire.loop);
    group.spawn(in_scope(scope, keep_error(drained, [&] { return wire.writer().drain(); })));
    co_await several_turns(wire.loop);
    CHECK_FALSE(drained.done);
    scope.cancel();
    CHECK_FALSE(drained.done);
    co_await group.join();
    CHECK(drained.ec == std::errc::operation_canceled);
    CHECK(wire.writer().pending() == 20000);

    Outcome again;
    group.spawn(keep_error(again, [&] { return wire.writer().drain(); }));
    const std::size_t sent = static_cast<std::size_t>(wire.transport().bytes_sent());
    std::size_t got = 0;
    while (!again.done) {
      got += wire.peer.receive().size();
      co_await turn(wire.loop);
    }
    CHECK_FALSE(again.ec);
    wire.writer().write_eof();
    const std::string rest = co_await wire.peer_reads_to_end();
    CHECK(got + rest.size() == sent + 20000);
    co_await group.join();
  });
}

TEST_CASE("drain under pressure in a cancelled scope does not wait", "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    co_await fill(wire, 20000);
    CancelScope scope;
    scope.cancel();
    Outcome drained;
    TaskGroup group(wire.loop);
    group.spawn(in_scope(scope, keep_error(drained, [&] { return wire.writer().drain(); })));
    CHECK(drained.done);
    CHECK(drained.ec == std::errc::operation_canceled);
    co_await group.join();
  });
}

TEST_CASE("reading goes on while a drain waits", "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    co_await fill(wire, 20000);
    Outcome drained;
    TaskGroup group(wire.loop);
    group.spawn(keep_error(drained, [&] { return wire.writer().drain(); }));
    wire.peer.send("meanwhile\n");
    const Chunk line = co_await wire.reader().readline();
    CHECK(line.data == "meanwhile\n");
    CHECK_FALSE(drained.done);
    wire.peer.close();
    co_await group.join();
  });
}

TEST_CASE("more than 2 GiB unsent breaks the connection, and drain tells", "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    co_await fill(wire, 10000);
    // Never touched: only its length counts.
    const std::string_view huge("x", (std::size_t{1} << 31) - 9999);
    wire.writer().write(huge);
    const std::error_code ec = co_await wire.writer().drain();
    CHECK(ec == std::errc::not_enough_memory);
    CHECK(wire.writer().pending() == 0);
  });
}

TEST_CASE("any number of tasks may wait in drain, each until its own mark", "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    co_await fill(wire, 20000);
    std::array<Outcome, 3> drained;
    CancelScope scope;
    TaskGroup group(wire.loop);
    for (std::size_t i = 0; i < 2; ++i) {
      group.spawn(keep_error(drained[i], [&] { return wire.writer().drain(); }));
    }
    group.spawn(in_scope(scope, keep_error(drained[2], [&] { return wire.writer().drain(); })));
    co_await several_turns(wire.loop);
    for (const Outcome& outcome : drained) CHECK_FALSE(outcome.done);
    scope.cancel();
    co_await several_turns(wire.loop);
    CHECK(drained[2].ec == std::errc::operation_canceled);
    CHECK_FALSE(drained[0].done);
    while (!drained[0].done || !drained[1].done) {
      wire.peer.receive();
      co_await turn(wire.loop);
    }
    CHECK_FALSE(drained[0].ec);
    CHECK_FALSE(drained[1].ec);
    co_await group.join();
  });
}

TEST_CASE("all who wait in drain learn that the connection broke", "[writer]") {
  on_wire(narrow_pair(), low_marks, [](Wire& wire) -> Task<void> {
    co_await fill(wire, 20000);
    std::array<Outcome, 2> drained;
    TaskGroup group(wire.loop);
    for (Outcome& outcome : drained) {
      group.spawn(keep_error(outcome, [&] { return wire.writer().drain(); }));
    }
    co_await turn(wire.loop);
    wire.peer.close();
    co_await group.join();
    CHECK(drained[0].ec == std::errc::broken_pipe);
    CHECK(drained[1].ec == std::errc::broken_pipe);
  });
}

TEST_CASE("drain tells of what was written after write_eof", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.writer().write("first");
    wire.writer().write_eof();
    const std::error_code before = co_await wire.writer().drain();
    CHECK_FALSE(before);
    wire.writer().write("too late");
    const std::error_code after = co_await wire.writer().drain();
    CHECK(after == Error::closed);
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(got == "first");
  });
}
