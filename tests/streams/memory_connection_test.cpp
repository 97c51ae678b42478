// MemoryConnection: what a handler and the far side of its connection see of one another.
#include "streams/memory_connection.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <type_traits>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::EventLoop;
using streams::MemoryConnection;
using streams::Task;
using streams::TaskGroup;

namespace {

struct Far final : MemoryConnection::FarSide {
  void on_room() noexcept override { ++rooms; }
  void on_output() noexcept override { ++outputs; }
  int rooms = 0;
  int outputs = 0;
};

struct Both {
  explicit Both(streams::StreamOptions options = {}, const streams::StreamWriter* outer = nullptr)
      : inner(loop, far, outer, options) {}

  EventLoop loop;
  Far far;
  MemoryConnection inner;
};

template <class Body>
void on_both(Body body, streams::StreamOptions options = {}) {
  static_assert(std::is_empty_v<Body>, "a coroutine lambda must not capture");
  Both both(options);
  run(both.loop, body(both));
}

Task<std::string> read_to_end(Both& both) {
  std::string all;
  for (;;) {
    const Chunk chunk = co_await both.inner.reader().read(1000);
    if (!chunk) co_return all + "|" + chunk.ec.message();
    all += chunk.data;
  }
}

Task<void> keep_all(Both& both, std::string& all) { all = co_await read_to_end(both); }

Task<void> drain(Both& both, Outcome& drained) {
  drained.ec = co_await both.inner.writer().drain();
  drained.done = true;
}

}  // namespace

TEST_CASE("what is fed is read, and there is room again once it is", "[memory_connection]") {
  on_both([](Both& both) -> Task<void> {
    CHECK(both.inner.has_room());
    both.inner.feed("one line\nand more");
    CHECK_FALSE(both.inner.has_room());
    const Chunk line = co_await both.inner.reader().readline();
    CHECK(line.data == "one line\n");
    CHECK(both.inner.has_room());
    CHECK(both.far.rooms == 1);
    const Chunk rest = co_await both.inner.reader().read(100);
    CHECK(rest.data == "and more");
  });
}

TEST_CASE("a handler that does not read has its far side wait", "[memory_connection]") {
  on_both([](Both& both) -> Task<void> {
    const std::string much(200'000, 'x');
    both.inner.feed(much);
    co_await several_turns(both.loop);
    CHECK_FALSE(both.inner.has_room());
    CHECK(both.far.rooms == 0);
    CHECK(both.inner.reader().held() == 0);
    const Chunk all = co_await both.inner.reader().readexactly(much.size());
    CHECK(all.data == much);
    CHECK(both.inner.has_room());
  });
}

TEST_CASE("a read that waits goes on with what is fed", "[memory_connection]") {
  on_both([](Both& both) -> Task<void> {
    TaskGroup group(both.loop);
    std::string all;
    group.spawn(keep_all(both, all));
    for (const std::string_view piece : {"a", "bc", "def"}) {
      both.inner.feed(piece);
      co_await until(both.loop, [&both] { return both.inner.has_room(); });
    }
    both.inner.feed_eof();
    co_await group.join();
    CHECK(all == "abcdef|" + make_error_code(streams::Error::end_of_stream).message());
    CHECK(both.inner.reader().peer_has_ended());
    CHECK_FALSE(both.inner.reader().is_eof_fed());
  });
}

TEST_CASE("more than a turn's worth is read turn by turn", "[memory_connection]") {
  on_both([](Both& both) -> Task<void> {
    const std::string much(3 * streams::Transport::bytes_per_turn, 'x');
    both.inner.feed(much);
    both.inner.feed_eof();
    const std::string all = co_await read_to_end(both);
    CHECK(all.size() > much.size());
    CHECK(all.starts_with(much));
  });
}

TEST_CASE("what is written is output until it is consumed", "[memory_connection]") {
  on_both([](Both& both) -> Task<void> {
    both.inner.writer().write("some ");
    both.inner.writer().write("words");
    co_await turn(both.loop);
    CHECK(both.far.outputs == 1);
    CHECK(both.inner.output() == "some words");
    both.inner.consume(5);
    CHECK(both.inner.output() == "words");
    both.inner.consume(5);
    CHECK(both.inner.output().empty());
    CHECK(both.inner.writer().held() == 0);
    both.inner.writer().write("again");
    co_await turn(both.loop);
    CHECK(both.far.outputs == 2);
    CHECK_FALSE(both.inner.output_has_ended());
  });
}

TEST_CASE("a far side that consumes nothing holds up drain", "[memory_connection]") {
  const auto body = [](Both& both) -> Task<void> {
    TaskGroup group(both.loop);
    Outcome drained;
    both.inner.writer().write(std::string(20'000, 'x'));
    group.spawn(drain(both, drained));
    co_await several_turns(both.loop);
    CHECK(both.far.outputs >= 1);
    both.inner.consume(15'999);
    co_await several_turns(both.loop);
    CHECK_FALSE(drained.done);
    both.inner.consume(1);
    co_await group.join();
    CHECK(drained.done);
    CHECK_FALSE(drained.ec);
  };
  on_both(body, {1000, {10'000, 4'000}});
}

TEST_CASE("the output ends behind what was written before it", "[memory_connection]") {
  on_both([](Both& both) -> Task<void> {
    both.inner.writer().write("last");
    both.inner.writer().write_eof();
    co_await turn(both.loop);
    CHECK_FALSE(both.inner.output_has_ended());
    const int told = both.far.outputs;
    both.inner.consume(4);
    co_await turn(both.loop);
    CHECK(both.inner.output_has_ended());
    CHECK(both.far.outputs > told);
  });
}

TEST_CASE("an end that is begun is known at once, and comes once there is no more input",
          "[memory_connection]") {
  on_both([](Both& both) -> Task<void> {
    TaskGroup group(both.loop);
    std::string all;
    group.spawn(keep_all(both, all));
    both.inner.begin_end_of_input();
    CHECK(both.inner.reader().is_eof_fed());
    co_await several_turns(both.loop);
    CHECK_FALSE(group.empty());
    both.inner.feed("what was on its way");
    co_await until(both.loop, [&both] { return both.inner.has_room(); });
    co_await several_turns(both.loop);
    CHECK_FALSE(group.empty());
    both.inner.end_input();
    co_await group.join();
    CHECK(all.starts_with("what was on its way|"));
    CHECK_FALSE(both.inner.reader().peer_has_ended());
  });
}

TEST_CASE("a broken connection ends a read and a drain with its error", "[memory_connection]") {
  const auto body = [](Both& both) -> Task<void> {
    TaskGroup group(both.loop);
    std::string all;
    Outcome drained;
    both.inner.writer().write(std::string(20'000, 'x'));
    group.spawn(drain(both, drained));
    group.spawn(keep_all(both, all));
    co_await turn(both.loop);
    both.inner.fail(ECONNRESET);
    co_await group.join();
    CHECK(drained.ec == std::errc::connection_reset);
    CHECK(all == "|" + std::make_error_code(std::errc::connection_reset).message());
    CHECK(both.inner.output_has_ended());
  };
  on_both(body, {1000, {10'000, 4'000}});
}

TEST_CASE("a cancelled read takes nothing of what is fed", "[memory_connection]") {
  on_both([](Both& both) -> Task<void> {
    TaskGroup group(both.loop);
    std::string all;
    group.spawn(keep_all(both, all)).cancel();
    both.inner.feed("kept");
    co_await group.join();
    CHECK(all == "|" + std::make_error_code(std::errc::operation_canceled).message());
    const Chunk chunk = co_await both.inner.reader().read(100);
    CHECK(chunk.data == "kept");
  });
}

TEST_CASE("it has the names of the connection in whose place it is", "[memory_connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    Far far;
    MemoryConnection plain(wire.loop, far, &wire.writer());
    CHECK(plain.writer().peername() == wire.writer().peername());
    CHECK(plain.writer().sockname() == wire.writer().sockname());
    CHECK_FALSE(plain.writer().proxyname());
    const streams::Endpoint proxy = wire.writer().peername();
    wire.writer().set_peername(proxy.with_port(1));
    MemoryConnection proxied(wire.loop, far, &wire.writer());
    CHECK(proxied.writer().peername() == proxy.with_port(1));
    CHECK(proxied.writer().proxyname() == proxy);
    co_return;
  });
}

TEST_CASE("a rationed read takes no more from the kernel than it was asked for", "[reader]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.reader().take_only_what_is_asked();
    wire.peer.send("twelve bytes");
    for (const std::string_view part : {"twe", "lve", " by", "tes"}) {
      const Chunk chunk = co_await wire.reader().read(3);
      CHECK(chunk.data == part);
      CHECK(wire.reader().buffered() == 0);
    }
    CHECK(wire.transport().bytes_received() == 12);
    wire.peer.send("a line\nand");
    const Chunk line = co_await wire.reader().readline();
    CHECK(line.data == "a line\n");
  });
}
