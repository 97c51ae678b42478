// StreamReader: readline().
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

/// Every line to the end of the stream, overruns included.
Task<void> lines(StreamReader& reader, Log& log) {
  for (;;) {
    const Chunk line = co_await reader.readline();
    log.push_back(logged(line));
    if (line.ec && line.ec != Error::limit_overrun) co_return;
  }
}

/// Checks what readline() gives for `text` under `limit`, however it is cut.
void check_lines(std::string_view text, std::uint32_t limit, const Log& expected) {
  for_each_cut(text, [&](const Pieces& pieces) {
    INFO(to_string(pieces));
    CHECK(log_of(pieces, {limit, {}}, lines) == expected);
  });
}

}  // namespace

TEST_CASE("a line that arrives in several pieces comes out whole", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome line;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(line, [&] { return wire.reader().readline(); }));
    for (const std::string_view piece : {"he", "l", "lo"}) {
      wire.peer.send(piece);
      co_await several_turns(wire.loop);
      CHECK_FALSE(line.done);
    }
    wire.peer.send("\nrest");
    co_await group.join();
    CHECK(line.data == "hello\n");
    const Chunk rest = co_await wire.reader().read(10);
    CHECK(rest.data == "rest");  // what follows stays buffered
  });
}

TEST_CASE("lines come out the same however they were cut", "[reader]") {
  check_lines("ab\n\ncd\r\nlast", 64, {"ab\n", "\n", "cd\r\n", "last", "end:"});
  check_lines("one\ntwo\n", 64, {"one\n", "two\n", "end:"});
}

TEST_CASE("of two buffered lines the second comes out without waiting", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("one\ntwo\n");
    const Chunk one = co_await wire.reader().readline();
    CHECK(one.data == "one\n");
    Outcome two;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(two, [&] { return wire.reader().readline(); }));
    CHECK(two.done);  // within spawn(), so no turn has passed
    CHECK(two.data == "two\n");
    co_await group.join();
  });
}

TEST_CASE("the end of the stream in mid-line gives the partial line, then the end", "[reader]") {
  check_lines("whole\npart", 64, {"whole\n", "part", "end:"});
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("part");
    wire.peer.shutdown_send();
    const Chunk part = co_await wire.reader().readline();
    CHECK_FALSE(part.ec);
    CHECK(part.data == "part");
    for (int i = 0; i < 2; ++i) {
      const Chunk end = co_await wire.reader().readline();
      CHECK(end.ec == Error::end_of_stream);
      CHECK(end.data.empty());
    }
  });
}

TEST_CASE("a line of exactly the limit is accepted, one byte more is an overrun", "[reader]") {
  check_lines("12345678\nx\n", 8, {"12345678\n", "x\n", "end:"});
  check_lines("123456789\nx\n", 8, {"overrun:", "x\n", "end:"});
  check_lines("\n1\n12\n", 1, {"\n", "1\n", "overrun:", "end:"});
}

TEST_CASE("an overrun with its line feed buffered drops that line and keeps what follows",
          "[reader]") {
  with_limit(4, [](Wire& wire) -> Task<void> {
    wire.peer.send("too long\nok\nnext\n");
    const Chunk over = co_await wire.reader().readline();
    CHECK(over.ec == Error::limit_overrun);
    const Chunk ok = co_await wire.reader().readline();
    CHECK(ok.data == "ok\n");
    const Chunk next = co_await wire.reader().readline();
    CHECK(next.data == "next\n");
  });
}

TEST_CASE("an overrun is reported as soon as the limit is passed, before the line feed comes",
          "[reader]") {
  with_limit(4, [](Wire& wire) -> Task<void> {
    Outcome line;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(line, [&] { return wire.reader().readline(); }));
    wire.peer.send("1234");
    co_await wire.received(4);
    co_await several_turns(wire.loop);
    CHECK_FALSE(line.done);  // a line feed may still make it a line
    wire.peer.send("5");
    co_await group.join();
    CHECK(line.ec == Error::limit_overrun);
  });
}

TEST_CASE("after an overrun the rest of the line is discarded and the next line comes out",
          "[reader]") {
  check_lines("aaaaaaaaaa\nok\n", 4, {"overrun:", "ok\n", "end:"});
  check_lines("aaaaa\nbbbbb\ncc\n", 4, {"overrun:", "overrun:", "cc\n", "end:"});
  check_lines("ok\naaaaaaaaa", 4, {"ok\n", "overrun:", "end:"});
}

TEST_CASE("the discarded tail of a long line is not stored", "[reader]") {
  with_limit(16, [](Wire& wire) -> Task<void> {
    char* const block = wire.loop.buffers().acquire();
    wire.loop.buffers().release(block);
    streams::TaskGroup group(wire.loop);
    Outcome over;
    group.spawn(keep(over, [&] { return wire.reader().readline(); }));
    wire.peer.send("this is more than sixteen bytes");
    co_await group.join();
    CHECK(over.ec == Error::limit_overrun);

    Outcome next;
    group.spawn(keep(next, [&] { return wire.reader().readline(); }));
    const std::string tail(50000, 't');
    std::size_t sent = wire.transport().bytes_received();
    for (int i = 0; i < 100; ++i) {
      wire.peer.send(tail);
      sent += tail.size();
      co_await wire.received(sent);
      co_await turn(wire.loop);
      // The reader waits without a block: the loop's pool has back the only one ever lent.
      char* const lent = wire.loop.buffers().acquire();
      CHECK(lent == block);
      wire.loop.buffers().release(lent);
      CHECK_FALSE(next.done);
    }
    wire.peer.send("t\nok\n");
    co_await group.join();
    CHECK(next.data == "ok\n");
  });
}

TEST_CASE("after an overrun every kind of read skips the tail of the line", "[reader]") {
  for_each_cut("123456789\nrest", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {4, {}}, [](StreamReader& reader, Log& out) -> Task<void> {
      const Chunk over = co_await reader.readline();
      out.push_back(logged(over));
      const Chunk rest = co_await reader.readexactly(4);
      out.push_back(logged(rest));
    });
    CHECK(log == Log{"overrun:", "rest"});
  });
}

TEST_CASE("readline and then read lose nothing", "[reader]") {
  const std::string_view text = "line\nbytes after\nit";
  for_each_cut(text, [&](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {}, [](StreamReader& reader, Log& out) -> Task<void> {
      const Chunk line = co_await reader.readline();
      out.push_back(logged(line));
      std::string rest;
      while (const Chunk chunk = co_await reader.read(100)) rest += chunk.data;
      out.push_back(rest);
    });
    CHECK(log == Log{"line\n", "bytes after\nit"});
  });
}

TEST_CASE("NUL and bytes above 127 are ordinary bytes of a line", "[reader]") {
  using namespace std::string_view_literals;
  check_lines("\0\xff\n\x80\0"sv, 64, {std::string("\0\xff\n"sv), std::string("\x80\0"sv), "end:"});
}

TEST_CASE("ten thousand lines in one piece come out in order", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    std::string text;
    for (int i = 0; i < 10000; ++i) text += std::to_string(i) + '\n';
    wire.peer.send(text);
    wire.peer.shutdown_send();
    std::string got;
    int count = 0;
    while (const Chunk line = co_await wire.reader().readline()) {
      got += line.data;
      ++count;
    }
    CHECK(count == 10000);
    CHECK((got == text));
  });
}
