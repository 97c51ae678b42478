// StreamReader: readexactly().
#include <string>

#include "streams/stream_reader.hpp"
#include "tests/catch.hpp"
#include "tests/streams/pieces.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::Error;
using streams::StreamReader;
using streams::Task;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// Sends `bytes` as fast as the kernel takes them.
Task<void> send_all(Wire& wire, std::string_view bytes) {
  while (!bytes.empty()) {
    bytes.remove_prefix(wire.peer.try_send(bytes));
    if (!bytes.empty()) co_await turn(wire.loop);
  }
}

}  // namespace

TEST_CASE("readexactly(0) returns empty at once", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    const Chunk nothing_yet = co_await wire.reader().readexactly(0);
    CHECK(nothing_yet);
    CHECK(nothing_yet.data.empty());
    wire.peer.send("ab");
    const Chunk first = co_await wire.reader().readexactly(1);
    CHECK(first.data == "a");
    const Chunk none = co_await wire.reader().readexactly(0);
    CHECK(none);
    CHECK(none.data.empty());
    const Chunk rest = co_await wire.reader().read(9);
    CHECK(rest.data == "b");
  });
}

TEST_CASE("readexactly takes n bytes over several pieces and leaves the rest", "[reader]") {
  for_each_cut("0123456789", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {}, [](StreamReader& reader, Log& out) -> Task<void> {
      const Chunk five = co_await reader.readexactly(5);
      out.push_back(logged(five));
      const Chunk one = co_await reader.readexactly(1);
      out.push_back(logged(one));
      const Chunk four = co_await reader.readexactly(4);
      out.push_back(logged(four));
      const Chunk end = co_await reader.read(1);
      out.push_back(logged(end));
    });
    CHECK(log == Log{"01234", "5", "6789", "end:"});
  });
}

TEST_CASE("readexactly waits until the last byte is there", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().readexactly(3); }));
    wire.peer.send("ab");
    co_await wire.received(2);
    co_await several_turns(wire.loop);
    CHECK_FALSE(outcome.done);
    wire.peer.send("c");
    co_await group.join();
    CHECK(outcome.data == "abc");
  });
}

TEST_CASE("readexactly above the limit works, because a paused reader resumes", "[reader]") {
  with_limit(16, [](Wire& wire) -> Task<void> {
    std::string text;
    while (text.size() < 3 * mebibyte) text += std::to_string(text.size()) + ' ';
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().readexactly(3 * mebibyte - 7); }));
    group.spawn(send_all(wire, text));
    co_await group.join();
    CHECK_FALSE(outcome.ec);
    CHECK((outcome.data == text.substr(0, 3 * mebibyte - 7)));
    const Chunk rest = co_await wire.reader().readexactly(7);
    CHECK(rest.data == text.substr(3 * mebibyte - 7, 7));
  });
}

TEST_CASE("after an overrun in readuntil readexactly goes on above the limit", "[reader]") {
  with_limit(16, [](Wire& wire) -> Task<void> {
    const std::string text(mebibyte, 'x');
    Outcome over;
    Outcome all;
    streams::TaskGroup group(wire.loop);
    group.spawn(send_all(wire, text));
    group.spawn(keep(over, [&] { return wire.reader().readuntil("\n"); }));
    co_await until(wire.loop, [&] { return over.done; });
    CHECK(over.ec == Error::limit_overrun);
    group.spawn(keep(all, [&] { return wire.reader().readexactly(mebibyte); }));
    co_await group.join();
    CHECK((all.data == text));
  });
}

TEST_CASE("the end of the stream early is an incomplete read with the partial bytes", "[reader]") {
  for_each_cut("0123456", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {}, [](StreamReader& reader, Log& out) -> Task<void> {
      const Chunk five = co_await reader.readexactly(5);
      out.push_back(logged(five));
      const Chunk partial = co_await reader.readexactly(5);
      out.push_back(logged(partial));
      const Chunk empty = co_await reader.readexactly(5);
      out.push_back(logged(empty));
      out.push_back(reader.at_eof() ? "at_eof" : "not at eof");
    });
    CHECK(log == Log{"01234", "incomplete:56", "incomplete:", "at_eof"});
  });
}

TEST_CASE("reads of every kind mix without losing a byte", "[reader]") {
  for_each_cut("ab\ncdXYefgh\nij", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {}, [](StreamReader& reader, Log& out) -> Task<void> {
      const Chunk line = co_await reader.readline();
      out.push_back(logged(line));
      const Chunk marked = co_await reader.readuntil("XY");
      out.push_back(logged(marked));
      const Chunk three = co_await reader.readexactly(3);
      out.push_back(logged(three));
      const Chunk one = co_await reader.read(1);
      out.push_back(logged(one));
      const Chunk empty_line = co_await reader.readline();
      out.push_back(logged(empty_line));
      const Chunk rest = co_await reader.read_to_end(100);
      out.push_back(logged(rest));
    });
    CHECK(log == Log{"ab\n", "cdXY", "efg", "h", "\n", "ij"});
  });
}

TEST_CASE("readexactly of more than a buffer can hold is an error at once", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("abc");
    for (const std::size_t n : {(std::size_t{1} << 31) + 1, std::size_t{1} << 32, SIZE_MAX}) {
      const Chunk refused = co_await wire.reader().readexactly(n);
      CHECK(refused.ec == Error::limit_overrun);
      CHECK(refused.data.empty());
    }
    wire.peer.shutdown_send();
    const Chunk all = co_await wire.reader().read_to_end(SIZE_MAX);
    CHECK(all.data == "abc");  // nothing was lost
  });
}
