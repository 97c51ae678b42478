// StreamReader: construction, read(), read_to_end(), at_eof().
#include <stdexcept>
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

/// Sends `size` bytes and FIN as fast as the kernel takes them.
Task<void> flood(Wire& wire, std::size_t size) {
  const std::string piece(65536, 'x');
  while (size != 0) {
    const std::size_t sent =
        wire.peer.try_send(std::string_view(piece).substr(0, std::min(size, piece.size())));
    size -= sent;
    if (sent == 0) co_await turn(wire.loop);
  }
  wire.peer.shutdown_send();
}

Task<void> read_all(StreamReader& reader, Log& log) {
  while (const Chunk chunk = co_await reader.read(3)) log.push_back(logged(chunk));
}

}  // namespace

TEST_CASE("a reader with a limit of 0 is refused at construction", "[reader]") {
  streams::EventLoop loop;
  SocketPair pair = unix_pair();
  streams::Transport transport(loop, std::move(pair.ours));
  CHECK_THROWS_AS(StreamReader(transport, 0), std::invalid_argument);
  CHECK_NOTHROW(StreamReader(transport, 1));
}

TEST_CASE("the default limit is 64 KiB: a line that long passes, one byte more does not",
          "[reader]") {
  CHECK(StreamReader::default_limit == 65536);
  over_unix([](Wire& wire) -> Task<void> {
    const std::string line(65536, 'a');
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().readline(); }));
    wire.peer.send(line + "\n");
    co_await group.join();
    CHECK(outcome.data.size() == 65537);

    Outcome longer;
    group.spawn(keep(longer, [&] { return wire.reader().readline(); }));
    wire.peer.send(line + "b\n");
    co_await group.join();
    CHECK(longer.ec == Error::limit_overrun);
  });
}

TEST_CASE("read(0) returns empty at once and leaves the buffer untouched", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    const Chunk nothing_yet = co_await wire.reader().read(0);
    CHECK(nothing_yet);
    CHECK(nothing_yet.data.empty());

    wire.peer.send("abc");
    const Chunk first = co_await wire.reader().read(1);
    CHECK(first.data == "a");
    const Chunk none = co_await wire.reader().read(0);
    CHECK(none);
    CHECK(none.data.empty());
    const Chunk rest = co_await wire.reader().read(10);
    CHECK(rest.data == "bc");
  });
}

TEST_CASE("read(n) returns as soon as one byte is there", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().read(100); }));
    co_await several_turns(wire.loop);
    CHECK_FALSE(outcome.done);
    wire.peer.send("x");
    co_await group.join();
    CHECK_FALSE(outcome.ec);
    CHECK(outcome.data == "x");
  });
}

TEST_CASE("read(n) returns at most n bytes and what it leaves stays", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("abcdefg");
    const Chunk first = co_await wire.reader().read(3);
    CHECK(first.data == "abc");
    const Chunk second = co_await wire.reader().read(3);
    CHECK(second.data == "def");
    const Chunk third = co_await wire.reader().read(3);
    CHECK(third.data == "g");
  });
}

TEST_CASE("the limit does not bind read(n)", "[reader]") {
  with_limit(4, [](Wire& wire) -> Task<void> {
    wire.peer.send("0123456789");
    const Chunk chunk = co_await wire.reader().read(100);
    CHECK(chunk.data == "0123456789");
  });
}

TEST_CASE("read(n) at the end of the stream returns the end, each time", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("a");
    wire.peer.shutdown_send();
    const Chunk data = co_await wire.reader().read(10);
    CHECK(data.data == "a");
    for (int i = 0; i < 3; ++i) {
      const Chunk end = co_await wire.reader().read(10);
      CHECK(end.ec == Error::end_of_stream);
      CHECK(end.data.empty());
    }
  });
}

TEST_CASE("a read that waits is woken by the end of the stream", "[reader]") {
  over_tcp([](Wire& wire) -> Task<void> {
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().read(10); }));
    co_await several_turns(wire.loop);
    wire.peer.close();
    co_await group.join();
    CHECK(outcome.ec == Error::end_of_stream);
  });
}

TEST_CASE("read sees the same bytes however they were cut", "[reader]") {
  const std::string_view text = "one\ntwo three";
  for_each_cut(text, [&](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {}, read_all);
    std::string joined;
    for (const std::string& chunk : log) {
      CHECK(chunk.size() <= 3);
      joined += chunk;
    }
    CHECK(joined == text);
  });
}

TEST_CASE("reading to the end returns everything, also above the limit", "[reader]") {
  with_limit(16, [](Wire& wire) -> Task<void> {
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().read_to_end(2 * mebibyte); }));
    group.spawn(flood(wire, 2 * mebibyte));
    co_await group.join();
    CHECK_FALSE(outcome.ec);
    CHECK((outcome.data == std::string(2 * mebibyte, 'x')));
    CHECK(wire.reader().at_eof());
    const Chunk end = co_await wire.reader().read_to_end(1);
    CHECK(end.ec == Error::end_of_stream);
  });
}

TEST_CASE("reading to the end stops above its bound and keeps the data", "[reader]") {
  for_each_cut("0123456789", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {}, [](StreamReader& reader, Log& out) -> Task<void> {
      const Chunk over = co_await reader.read_to_end(9);
      out.push_back(logged(over));
      const Chunk all = co_await reader.read_to_end(10);
      out.push_back(logged(all));
    });
    CHECK(log == Log{"overrun:", "0123456789"});
  });
}

TEST_CASE("at_eof holds only when the end was reached and the buffer is empty", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    StreamReader& reader = wire.reader();
    CHECK_FALSE(reader.at_eof());
    wire.peer.send("ab");
    const Chunk first = co_await reader.read(1);
    CHECK(first.data == "a");
    CHECK_FALSE(reader.at_eof());
    wire.peer.shutdown_send();
    const Chunk short_one = co_await reader.readuntil("b");
    CHECK(short_one.data == "b");
    CHECK_FALSE(reader.at_eof());  // empty, but the end was not seen
    const Chunk end = co_await reader.read(1);
    CHECK(end.ec == Error::end_of_stream);
    CHECK(reader.at_eof());
  });
}

TEST_CASE("with nobody reading, a bounded number of bytes is taken from the kernel", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    co_await several_turns(wire.loop);
    const std::string block(65536, 'x');
    std::size_t sent = wire.peer.try_send(block);
    co_await several_turns(wire.loop);
    CHECK(wire.transport().bytes_received() == 0);

    const Chunk one = co_await wire.reader().read(1);
    CHECK(one.data == "x");
    std::size_t refused = 0;
    while (refused < 10) {
      const std::size_t more = wire.peer.try_send(block);
      sent += more;
      refused += more == 0 ? 1 : 0;
      co_await turn(wire.loop);
    }
    CHECK(wire.transport().bytes_received() <= 65536);
    CHECK(sent > wire.transport().bytes_received());  // the kernel holds the rest
  });
}

TEST_CASE("a reader without data in it holds no block of the loop's buffers", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    char* const block = wire.loop.buffers().acquire();
    wire.loop.buffers().release(block);
    wire.peer.send("abc");
    const Chunk chunk = co_await wire.reader().read(3);
    CHECK(chunk.data.data() == block);
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().read(1); }));
    char* const again = wire.loop.buffers().acquire();
    CHECK(again == block);
    wire.loop.buffers().release(again);
    wire.peer.close();
    co_await group.join();
  });
}

TEST_CASE("urgent data in between does not hold up the bytes behind it", "[reader]") {
  over_tcp([](Wire& wire) -> Task<void> {
    Outcome line;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(line, [&] { return wire.reader().readline(); }));
    co_await turn(wire.loop);
    // A recv(2) stops short at the urgent byte, though more is there.
    wire.peer.send("before ");
    REQUIRE(::send(wire.peer.fd(), "!", 1, MSG_OOB) == 1);
    wire.peer.send("after\n");
    for (int i = 0; i < 1000 && !line.done; ++i) co_await turn(wire.loop);
    CHECK(line.done);
    wire.peer.close();
    co_await group.join();
    CHECK(line.data == "before after\n");
  });
}
