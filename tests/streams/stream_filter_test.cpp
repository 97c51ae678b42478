// StreamFilter: what a step lets through to the reader and to the peer.
#include "streams/stream_filter.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "tests/catch.hpp"
#include "tests/streams/pieces.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::Error;
using streams::StreamReader;
using streams::Task;
using streams::TaskGroup;

namespace {

/// Takes out every '#', and counts the pieces it has seen.
class WithoutHashes final : public streams::StreamFilter {
 public:
  Step in(std::span<char> wire) override {
    ++pieces;
    const auto end = std::remove(wire.begin(), wire.end(), '#');
    return {{wire.data(), static_cast<std::size_t>(end - wire.begin())}, {}};
  }
  int pieces = 0;
};

/// Answers each piece with its size, and gives each byte a hundred thousand times over from memory
/// of its own: more than any block holds.
class Magnifier final : public streams::StreamFilter {
 public:
  static constexpr std::size_t factor = 100'000;

  Step in(std::span<char> wire) override {
    plain_.clear();
    for (const char byte : wire) plain_.append(factor, byte);
    return {plain_, std::to_string(wire.size())};
  }

 private:
  std::string plain_;
};

/// Ends the stream at the first '.', which it lets through.
class UntilDot final : public streams::StreamFilter {
 public:
  Step in(std::span<char> wire) override {
    const std::string_view text(wire.data(), wire.size());
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) return {text, {}};
    return {text.substr(0, dot + 1), {}, Then::end};
  }
};

}  // namespace

TEST_CASE("a filter takes bytes out before any read sees them", "[filter]") {
  for_each_cut("a#b\n##c#\n#", [](const Pieces& pieces) {
    INFO(to_string(pieces));
    const Log log = log_of(pieces, {2, {}}, [](StreamReader& reader, Log& out) -> Task<void> {
      WithoutHashes filter;
      reader.set_filter(&filter);
      while (const Chunk line = co_await reader.readline()) out.push_back(logged(line));
      reader.set_filter(nullptr);
    });
    CHECK(log == Log{"ab\n", "c\n"});
  });
}

TEST_CASE("what came before the filter was set passes through it where that is asked", "[filter]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("header#a#b\n");
    const Chunk header = co_await wire.reader().readexactly(6);
    CHECK(header.data == "header");
    WithoutHashes filter;
    wire.reader().set_filter(&filter);
    wire.reader().filter_buffered();
    const Chunk line = co_await wire.reader().readline();
    CHECK(line.data == "ab\n");
    wire.reader().filter_buffered();
    CHECK(filter.pieces == 1);
    wire.reader().set_filter(nullptr);
  });
}

TEST_CASE("a piece that the filter takes out whole does not end or wake a read", "[filter]") {
  over_unix([](Wire& wire) -> Task<void> {
    WithoutHashes filter;
    wire.reader().set_filter(&filter);
    Outcome outcome;
    TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().read(10); }));
    wire.peer.send("###");
    co_await wire.received(3);
    co_await several_turns(wire.loop);
    CHECK(filter.pieces == 1);
    CHECK_FALSE(outcome.done);
    wire.peer.send("#a");
    co_await group.join();
    CHECK(outcome.data == "a");
  });
}

TEST_CASE("a step may release far more than came in, also into the line that is being dropped",
          "[filter]") {
  with_limit(10, [](Wire& wire) -> Task<void> {
    Magnifier magnifier;
    wire.reader().set_filter(&magnifier);
    wire.peer.send("ab");
    const Chunk all = co_await wire.reader().readexactly(2 * Magnifier::factor);
    CHECK((all.data == std::string(Magnifier::factor, 'a') + std::string(Magnifier::factor, 'b')));
    wire.peer.send("c");
    const Chunk overrun = co_await wire.reader().readline();
    CHECK(overrun.ec == Error::limit_overrun);
    wire.peer.send("d\n");
    const Chunk next = co_await wire.reader().readline();
    CHECK(next.data == "\n");
  });
}

TEST_CASE("what a step answers the peer leaves before what the handler writes next", "[filter]") {
  over_unix([](Wire& wire) -> Task<void> {
    Magnifier magnifier;
    wire.reader().set_filter(&magnifier);
    wire.writer().write("first ");
    wire.peer.send("abc");
    const Chunk some = co_await wire.reader().read(1);
    CHECK(some.data == "a");
    wire.writer().write(" last");
    co_await several_turns(wire.loop);
    CHECK(wire.peer.receive() == "first 3 last");
  });
}

TEST_CASE("a step that ends its direction gives the reader its end after what it let through",
          "[filter]") {
  over_unix([](Wire& wire) -> Task<void> {
    UntilDot filter;
    wire.reader().set_filter(&filter);
    wire.peer.send("all. and more");
    const Chunk all = co_await wire.reader().read_to_end(100);
    CHECK_FALSE(all.ec);
    CHECK(all.data == "all.");
    CHECK(wire.reader().at_eof());
    CHECK_FALSE(wire.reader().peer_has_ended());
  });
}
