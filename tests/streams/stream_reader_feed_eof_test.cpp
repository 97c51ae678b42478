// StreamReader: feed_eof().
#include <span>
#include <string>

#include "streams/stream_reader.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::Error;
using streams::StreamReader;
using streams::Task;
using streams::TaskGroup;

namespace {

/// A peer that never stops sending: more comes whenever something was received, so that the socket
/// is never found empty. Gives in after `plenty`, for a reader that has no bound.
class Endless final : public streams::StreamFilter {
 public:
  static constexpr std::size_t plenty = 3 * StreamReader::max_after_feed_eof;

  explicit Endless(Peer& peer) : peer_(peer) { peer_.try_send(block_); }
  Step in(std::span<char> wire) override {
    total_ += wire.size();
    if (total_ < plenty) peer_.try_send(block_);
    return {{wire.data(), wire.size()}, {}};
  }

 private:
  Peer& peer_;
  std::string block_ = std::string(65536, 'x');
  std::size_t total_ = 0;
};

/// Reads to the end of the stream and counts.
Task<void> count_bytes(StreamReader& reader, std::size_t& count) {
  while (const Chunk chunk = co_await reader.read(65536)) count += chunk.data.size();
}

}  // namespace

TEST_CASE("feed_eof wakes a waiting read as the end of the stream, and writing still works",
          "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome outcome;
    TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().read(10); }));
    co_await turn(wire.loop);
    CHECK_FALSE(wire.reader().is_eof_fed());
    wire.reader().feed_eof();
    CHECK(wire.reader().is_eof_fed());
    CHECK_FALSE(outcome.done);  // soon, and not from within feed_eof()
    co_await group.join();
    CHECK(outcome.ec == Error::end_of_stream);
    CHECK(wire.reader().at_eof());
    CHECK_FALSE(wire.reader().peer_has_ended());

    wire.writer().write("still here");
    const std::error_code drained = co_await wire.writer().drain();
    CHECK_FALSE(drained);
    co_await turn(wire.loop);
    CHECK(wire.peer.receive() == "still here");
    CHECK_FALSE(wire.peer.has_ended());
  });
}

TEST_CASE("feed_eof without a waiting read ends the next one", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.reader().feed_eof();
    wire.reader().feed_eof();
    for (int i = 0; i < 2; ++i) {
      const Chunk end = co_await wire.reader().readline();
      CHECK(end.ec == Error::end_of_stream);
    }
  });
}

TEST_CASE("feed_eof lets what had arrived be read first", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.send("buffered\nin the kernel\npart");
    const Chunk first = co_await wire.reader().read(4);
    CHECK(first.data == "buff");
    wire.peer.send("ial");
    wire.reader().feed_eof();
    const Chunk second = co_await wire.reader().readline();
    CHECK(second.data == "ered\n");
    const Chunk third = co_await wire.reader().readline();
    CHECK(third.data == "in the kernel\n");
    const Chunk partial = co_await wire.reader().readline();
    CHECK_FALSE(partial.ec);
    CHECK(partial.data == "partial");
    const Chunk end = co_await wire.reader().readline();
    CHECK(end.ec == Error::end_of_stream);
  });
}

TEST_CASE("feed_eof in the middle of readexactly gives an incomplete read", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome outcome;
    TaskGroup group(wire.loop);
    group.spawn(keep(outcome, [&] { return wire.reader().readexactly(10); }));
    wire.peer.send("abc");
    co_await wire.received(3);
    wire.reader().feed_eof();
    co_await group.join();
    CHECK(outcome.ec == Error::incomplete_read);
    CHECK(outcome.data == "abc");
  });
}

TEST_CASE("what comes after the end that feed_eof made is not read", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.reader().feed_eof();
    const Chunk end = co_await wire.reader().read(10);
    CHECK(end.ec == Error::end_of_stream);
    wire.peer.send("too late");
    co_await several_turns(wire.loop);
    const Chunk again = co_await wire.reader().read(10);
    CHECK(again.ec == Error::end_of_stream);
  });
}

TEST_CASE("a peer that never stops sending cannot put off the end that feed_eof makes",
          "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    Endless endless(wire.peer);
    wire.reader().set_filter(&endless);
    std::size_t count = 0;
    TaskGroup group(wire.loop);
    group.spawn(count_bytes(wire.reader(), count));
    const std::uint64_t before = wire.transport().bytes_received();
    wire.reader().feed_eof();
    co_await group.join();
    CHECK(count > StreamReader::max_after_feed_eof);
    CHECK(count <= before + StreamReader::max_after_feed_eof + 65536);
  });
}

TEST_CASE("after the peer's FIN feed_eof changes nothing", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.shutdown_send();
    const Chunk end = co_await wire.reader().read(10);
    CHECK(end.ec == Error::end_of_stream);
    wire.reader().feed_eof();
    CHECK_FALSE(wire.reader().is_eof_fed());
    CHECK(wire.reader().peer_has_ended());
  });
}
