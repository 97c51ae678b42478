// StreamWriter: close() and wait_closed().
#include <chrono>
#include <string>

#include "streams/connection.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::Chunk;
using streams::Connection;
using streams::Error;
using streams::Task;
using streams::TaskGroup;

TEST_CASE("after close is_closing holds at once, writes are dropped and drain gives an error",
          "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    CHECK_FALSE(wire.writer().is_closing());
    wire.writer().write("before");
    wire.writer().close();
    CHECK(wire.writer().is_closing());
    wire.writer().write("after, small");
    wire.writer().write(std::string(10000, 'x'));
    const std::error_code drained = co_await wire.writer().drain();
    CHECK(drained == Error::closed);
    wire.writer().close();
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(got == "before");
  });
}

TEST_CASE("close flushes what is buffered, and then sends FIN", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const std::string large(std::size_t{8} << 20, 'x');
    wire.writer().write(large);
    wire.writer().write("the last words");
    CHECK(wire.writer().pending() > 0);
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK((got == large + "the last words"));
    CHECK(wire.peer.has_ended());
    CHECK_FALSE(closed.done);  // the peer's own FIN is still to come
    wire.peer.close();
    co_await group.join();
    CHECK_FALSE(closed.ec);
    CHECK_FALSE(wire.transport().is_open());
  });
}

TEST_CASE("wait_closed completes at once when the peer's FIN was read and all is sent",
          "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.send("bye");
    wire.peer.shutdown_send();
    const Chunk all = co_await wire.reader().read_to_end(10);
    CHECK(all.data == "bye");
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    CHECK(closed.done);
    CHECK_FALSE(closed.ec);
    CHECK_FALSE(wire.transport().is_open());
    co_await group.join();
    co_await several_turns(wire.loop);
    CHECK(wire.peer.receive().empty());
    CHECK(wire.peer.has_ended());
  });
}

TEST_CASE("after the peer's FIN close alone sends ours, when the turn ends", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.shutdown_send();
    const Chunk end = co_await wire.reader().read(10);
    CHECK(end.ec == Error::end_of_stream);
    wire.writer().close();
    co_await several_turns(wire.loop);
    CHECK(wire.peer.receive().empty());
    CHECK(wire.peer.has_ended());
    co_await wire.writer().wait_closed();
  });
}

TEST_CASE("input that nobody read does not turn into a reset that destroys replies in flight",
          "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.send(std::string(100000, 'u'));
    const Chunk some = co_await wire.reader().read(10);
    CHECK(some.data.size() == 10);
    const std::string reply(std::size_t{2} << 20, 'r');
    wire.writer().write(reply);
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    co_await several_turns(wire.loop);
    wire.peer.send(std::string(100000, 'l'));  // late input
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(wire.peer.error() == 0);
    CHECK((got == reply));
    wire.peer.send("later still");
    wire.peer.shutdown_send();
    co_await group.join();
    CHECK_FALSE(closed.ec);
    CHECK(wire.peer.receive().empty());
    CHECK(wire.peer.error() == 0);
  });
}

TEST_CASE("wait_closed discards a bounded amount of late input, then reads no more and resets",
          "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed, 100ms));
    const std::string piece(65536, 'x');
    while (!closed.done) {
      wire.peer.try_send(piece);
      co_await turn(wire.loop);
    }
    co_await group.join();
    CHECK(closed.ec == Error::limit_overrun);
    CHECK_FALSE(wire.transport().is_open());
    CHECK(wire.transport().bytes_received() > Connection::max_discarded);
    CHECK(wire.transport().bytes_received() <= Connection::max_discarded + 65536);
  });
}

TEST_CASE("a peer that sends too much and then ends is closed like any other", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    const std::string piece(65536, 'x');
    while (wire.transport().bytes_received() <= Connection::max_discarded) {
      wire.peer.try_send(piece);
      co_await turn(wire.loop);
    }
    wire.peer.try_send("and this");
    wire.peer.shutdown_send();
    co_await group.join();
    CHECK_FALSE(closed.ec);
    CHECK(wire.peer.error() == 0);
  });
}

TEST_CASE("wait_closed has a deadline for a peer that keeps its end open", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.writer().write("reply");
    Outcome closed;
    co_await close_and_wait(wire, closed, 300ms);
    CHECK_FALSE(closed.ec);  // it has the reply and our end
    CHECK_FALSE(wire.transport().is_open());
    CHECK(wire.peer.receive() == "reply");
    CHECK(wire.peer.has_ended());
    CHECK(wire.peer.error() == 0);
  });
}

TEST_CASE("wait_closed reports a connection that broke", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    co_await turn(wire.loop);
    wire.peer.reset();
    co_await group.join();
    CHECK(closed.ec == std::errc::connection_reset);
    CHECK_FALSE(wire.transport().is_open());
  });
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.close();
    wire.writer().write(std::string(10000, 'x'));
    Outcome closed;
    co_await close_and_wait(wire, closed);
    CHECK(closed.ec == std::errc::broken_pipe);
  });
}

TEST_CASE("wait_closed may be awaited again", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.shutdown_send();
    Outcome closed;
    co_await close_and_wait(wire, closed);
    const std::error_code again = co_await wire.writer().wait_closed();
    CHECK_FALSE(closed.ec);
    CHECK_FALSE(again);
  });
}

TEST_CASE("wait_closed works after feed_eof: the peer's FIN still matters", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.send("unread");
    wire.reader().feed_eof();
    const Chunk some = co_await wire.reader().read(1);
    CHECK(some.data == "u");
    wire.writer().write("reply");
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    co_await several_turns(wire.loop);
    CHECK_FALSE(closed.done);
    wire.peer.send("more");
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(got == "reply");
    CHECK(wire.peer.error() == 0);
    wire.peer.shutdown_send();
    co_await group.join();
    CHECK_FALSE(closed.ec);
  });
}

TEST_CASE("feed_eof does not end a wait_closed: only the peer's FIN does", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    wire.reader().feed_eof();
    co_await several_turns(wire.loop);
    CHECK_FALSE(closed.done);
    wire.peer.close();
    co_await group.join();
    CHECK_FALSE(closed.ec);
  });
}

TEST_CASE("a read that waits while another task closes gets the end of the stream", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    Outcome read;
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(keep(read, [&] { return wire.reader().readline(); }));
    co_await turn(wire.loop);
    wire.peer.send("part of a line");
    co_await wire.received(14);
    group.spawn(close_and_wait(wire, closed));
    CHECK_FALSE(read.done);  // soon, and not from within close()
    co_await until(wire.loop, [&] { return read.done; });
    CHECK(read.ec == Error::end_of_stream);
    CHECK_FALSE(closed.done);
    CHECK(wire.reader().at_eof());
    const Chunk later = co_await wire.reader().read(1);
    CHECK(later.ec == Error::end_of_stream);
    CHECK(wire.reader().readline_nowait().empty());
    wire.peer.shutdown_send();
    co_await group.join();
    CHECK_FALSE(closed.ec);
  });
}

TEST_CASE("a wait_closed that is cancelled resets the connection at once", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    CancelScope scope;
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(in_scope(scope, close_and_wait(wire, closed)));
    co_await several_turns(wire.loop);
    CHECK_FALSE(closed.done);
    scope.cancel();
    co_await group.join();
    CHECK(closed.ec == std::errc::operation_canceled);
    CHECK_FALSE(wire.transport().is_open());
  });
}

TEST_CASE("nothing hangs when both ends close in the same moment", "[writer]") {
  for (int i = 0; i < 50; ++i) {
    over_tcp([](Wire& wire) -> Task<void> {
      wire.writer().write("good");
      wire.peer.send("bye");
      Outcome closed;
      TaskGroup group(wire.loop);
      group.spawn(close_and_wait(wire, closed));
      wire.peer.shutdown_send();
      co_await group.join();
      CHECK_FALSE(closed.ec);
      const std::string got = co_await wire.peer_reads_to_end();
      CHECK(got == "good");
      CHECK(wire.peer.error() == 0);
    });
  }
}

TEST_CASE("wait_closed before close is refused", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    bool refused = false;
    try {
      const std::error_code ec = co_await wire.writer().wait_closed();
      CHECK(ec);
    } catch (const streams::Misuse& misuse) {
      refused = std::string(misuse.what()).starts_with("wait_closed() before close()");
    }
    CHECK(refused);
    CHECK(wire.transport().is_open());
  });
}
