// StreamReader: readuntil().
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

/// Everything up to each "XY", to the first error.
Task<void> until_xy(StreamReader& reader, Log& log) {
  for (;;) {
    const Chunk chunk = co_await reader.readuntil("XY");
    log.push_back(logged(chunk));
    if (chunk.ec) co_return;
  }
}

/// The same, and after an error what read() still gives.
Task<void> until_xy_then_read(StreamReader& reader, Log& log) {
  co_await until_xy(reader, log);
  std::string rest;
  while (const Chunk chunk = co_await reader.read(100)) rest += chunk.data;
  log.push_back(rest);
}

template <class Reads>
void check(std::string_view text, std::uint32_t limit, Reads reads, const Log& expected) {
  for_each_cut(text, [&](const Pieces& pieces) {
    INFO(to_string(pieces));
    CHECK(log_of(pieces, {limit, {}}, reads) == expected);
  });
}

/// Turns the first byte of all that has come so far into a separator each time more comes. A reader
/// that looks twice at the same bytes sees it.
class Trap final : public streams::StreamFilter {
 public:
  Step in(std::span<char> wire) override {
    if (first_ != nullptr) *first_ = '\n';
    if (first_ == nullptr) first_ = wire.data();
    return {{wire.data(), wire.size()}, {}};
  }

 private:
  char* first_ = nullptr;
};

}  // namespace

TEST_CASE("readuntil refuses an empty separator", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    CHECK_THROWS_AS(wire.reader().readuntil(""), std::invalid_argument);
    co_return;
  });
}

TEST_CASE("readuntil includes the separator and leaves the rest", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("headXYtail");
    const Chunk head = co_await wire.reader().readuntil("XY");
    CHECK(head.data == "headXY");
    const Chunk tail = co_await wire.reader().read(10);
    CHECK(tail.data == "tail");
  });
}

TEST_CASE("readuntil finds a separator at position 0", "[reader]") {
  check("XYXYaXY", 64, until_xy, {"XY", "XY", "aXY", "incomplete:"});
}

TEST_CASE("readuntil finds a separator split over pieces, with false starts", "[reader]") {
  check("aaXaaXXYaaa", 64, until_xy, {"aaXaaXXY", "incomplete:aaa"});
  check("XXXYYXYX", 64, until_xy, {"XXXY", "YXY", "incomplete:X"});
  for_each_cut("abaababaabXabaab", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {}, [](StreamReader& reader, Log& out) -> Task<void> {
      const Chunk first = co_await reader.readuntil("abaabX");
      out.push_back(logged(first));
      const Chunk second = co_await reader.readuntil("baab");
      out.push_back(logged(second));
    });
    CHECK(log == Log{"abaababaabX", "abaab"});
  });
}

TEST_CASE("a separator longer than what has come so far is found", "[reader]") {
  for_each_cut("a--boundary--b", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {}, [](StreamReader& reader, Log& out) -> Task<void> {
      const Chunk chunk = co_await reader.readuntil("--boundary--");
      out.push_back(logged(chunk));
    });
    CHECK(log == Log{"a--boundary--"});
  });
}

TEST_CASE("readuntil does not scan again what it has scanned", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Trap trap;
    wire.reader().set_filter(&trap);
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().readuntil("\n"); }));
    wire.peer.send("abc");
    co_await wire.received(3);
    wire.peer.send("def");
    co_await wire.received(6);
    co_await several_turns(wire.loop);
    CHECK_FALSE(outcome.done);
    wire.peer.send("\n");
    co_await group.join();
    CHECK(outcome.data == "\nbcdef\n");
  });
}

TEST_CASE("readline does not scan again what it has scanned", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Trap trap;
    wire.reader().set_filter(&trap);
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().readline(); }));
    wire.peer.send("abc");
    co_await wire.received(3);
    wire.peer.send("def");
    co_await wire.received(6);
    co_await several_turns(wire.loop);
    CHECK_FALSE(outcome.done);
    wire.peer.send("\n");
    co_await group.join();
    CHECK(outcome.data == "\nbcdef\n");
  });
}

TEST_CASE(
    "the end of the stream first is an incomplete read with the partial bytes, the buffer "
    "then empty",
    "[reader]") {
  check("abcX", 64, until_xy_then_read, {"incomplete:abcX", ""});
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("abc");
    wire.peer.shutdown_send();
    const Chunk chunk = co_await wire.reader().readuntil("XY");
    CHECK(chunk.ec == Error::incomplete_read);
    CHECK(chunk.data == "abc");
    CHECK(wire.reader().at_eof());
    const Chunk end = co_await wire.reader().read(10);
    CHECK(end.ec == Error::end_of_stream);
  });
}

TEST_CASE("the limit does not count the separator", "[reader]") {
  check("1234XY", 4, until_xy, {"1234XY", "incomplete:"});
  check("12345XY", 4, until_xy_then_read, {"overrun:", "12345XY"});
  check("123XXY", 4, until_xy, {"123XXY", "incomplete:"});
}

TEST_CASE("an overrun of readuntil keeps the data, so that it may be read otherwise", "[reader]") {
  check("123456789", 4, until_xy_then_read, {"overrun:", "123456789"});
  with_limit(4, [](Wire& wire) -> Task<void> {
    wire.peer.send("0123456789XYz");
    for (int i = 0; i < 2; ++i) {
      const Chunk over = co_await wire.reader().readuntil("XY");
      CHECK(over.ec == Error::limit_overrun);
    }
    const Chunk skipped = co_await wire.reader().readexactly(6);
    CHECK(skipped.data == "012345");
    const Chunk found = co_await wire.reader().readuntil("XY");
    CHECK(found.data == "6789XY");
    const Chunk rest = co_await wire.reader().read(10);
    CHECK(rest.data == "z");
  });
}

TEST_CASE("readuntil overruns as soon as no separator can begin within the limit", "[reader]") {
  with_limit(4, [](Wire& wire) -> Task<void> {
    Outcome outcome;
    streams::TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().readuntil("XY"); }));
    wire.peer.send("1234X");
    co_await wire.received(5);
    co_await several_turns(wire.loop);
    CHECK_FALSE(outcome.done);
    wire.peer.send("X");
    co_await group.join();
    CHECK(outcome.ec == Error::limit_overrun);
    const Chunk all = co_await wire.reader().read(10);
    CHECK(all.data == "1234XX");
  });
}
