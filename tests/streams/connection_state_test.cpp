// Connection: given away by one and gone on with by another.
#include "streams/connection_state.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string>

#include "streams/address.hpp"
#include "streams/connection.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::Connection;
using streams::ConnectionState;
using streams::Error;
using streams::Task;
using streams::TaskGroup;
using streams::UniqueFd;

namespace {

/// A state that outlives the connection.
struct Kept {
  explicit Kept(const ConnectionState& from)
      : state(from), unread(from.unread), unsent(from.unsent) {
    state.unread = unread;
    state.unsent = unsent;
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

  ConnectionState state;
  std::string unread;
  std::string unsent;
};

/// Has another connection go on with the wire's, on the same loop.
void move_on(Wire& wire) {
  const std::optional<ConnectionState> state = wire.connection->state();
  REQUIRE(state);
  const Kept kept(*state);
  UniqueFd fd = wire.connection->release();
  REQUIRE(fd);
  wire.connection.emplace(wire.loop, kept.state, std::move(fd));
}

/// Of a connection that has been moved while more was unsent than the kernel takes.
Task<void> send_all(Wire& wire) {
  const std::string reply = std::string(3'000'000, 'x') + "end";
  wire.writer().write(reply);
  REQUIRE(wire.writer().pending() != 0);
  wire.writer().write_eof();
  move_on(wire);
  REQUIRE(wire.writer().pending() != 0);
  const std::string got = co_await wire.peer_reads_to_end();
  CHECK((got == reply));
  CHECK(wire.peer.error() == 0);
  CHECK(wire.transport().bytes_sent() == reply.size());
}

Task<void> read_into(Wire& wire, Outcome& read) {
  const Chunk chunk = co_await wire.reader().read(1);
  read.ec = chunk.ec;
  read.done = true;
}

}  // namespace

TEST_CASE("a connection that is given away goes on elsewhere with what was unread",
          "[connection]") {
  const auto body = [](Wire& wire) -> Task<void> {
    wire.peer.send("one\ntwo\nthr");
    const Chunk first = co_await wire.reader().readline();
    CHECK(first.data == "one\n");
    move_on(wire);
    CHECK(wire.reader().buffered() == 7);
    wire.peer.send("ee\n");
    const Chunk second = co_await wire.reader().readline();
    CHECK(second.data == "two\n");
    const Chunk third = co_await wire.reader().readline();
    CHECK(third.data == "three\n");
    CHECK(wire.transport().bytes_received() == 14);
    wire.writer().write("reply");
    co_await several_turns(wire.loop);
    CHECK(wire.peer.receive() == "reply");
  };
  over_tcp(body);
  over_unix(body);
}

TEST_CASE("a connection that is given away goes on elsewhere with what was unsent, and its end",
          "[connection]") {
  on_wire(with_small_send_buffer(tcp_pair()), {}, send_all);
  on_wire(with_small_send_buffer(unix_pair()), {}, send_all);
}

TEST_CASE("the end of either direction goes along with a connection", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.shutdown_send();
    const Chunk end = co_await wire.reader().read(1);
    CHECK(end.ec == Error::end_of_stream);
    move_on(wire);
    CHECK(wire.reader().at_eof());
    wire.writer().write("still");
    wire.writer().write_eof();
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(got == "still");
    move_on(wire);
    wire.writer().write("lost");
    const std::error_code drained = co_await wire.writer().drain();
    CHECK(drained == Error::closed);
    move_on(wire);
    const std::error_code again = co_await wire.writer().drain();
    CHECK(again == Error::closed);
  });
}

TEST_CASE("a FIN that nobody has read yet is read by who goes on", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.send("last");
    wire.peer.shutdown_send();
    move_on(wire);
    const Chunk last = co_await wire.reader().read(4);
    CHECK(last.data == "last");
    const Chunk end = co_await wire.reader().read(1);
    CHECK(end.ec == Error::end_of_stream);
  });
}

TEST_CASE("a closing that has begun goes on elsewhere", "[connection]") {
  on_wire(with_small_send_buffer(tcp_pair()), {}, [](Wire& wire) -> Task<void> {
    const std::string reply(3'000'000, 'x');
    wire.writer().write(reply);
    wire.writer().close();
    REQUIRE(wire.writer().pending() != 0);
    move_on(wire);
    CHECK(wire.writer().is_closing());
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(got.size() == reply.size());
    wire.peer.send("dropped");
    CHECK_FALSE(closed.done);
    wire.peer.close();
    co_await group.join();
    CHECK_FALSE(closed.ec);
  });
}

TEST_CASE("a line that was too long is dropped to its end by who goes on", "[connection]") {
  with_limit(8, [](Wire& wire) -> Task<void> {
    wire.peer.send("far too long a li");
    const Chunk overrun = co_await wire.reader().readline();
    CHECK(overrun.ec == Error::limit_overrun);
    move_on(wire);
    wire.peer.send("ne\nshort\n");
    const Chunk line = co_await wire.reader().readline();
    CHECK(line.data == "short\n");
  });
}

TEST_CASE("the peer sees nothing of a connection that is given away, and who waits is told",
          "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    Outcome read;
    TaskGroup group(wire.loop);
    group.spawn(read_into(wire, read));
    co_await several_turns(wire.loop);
    wire.writer().write("dropped");
    const UniqueFd fd = wire.connection->release();
    CHECK_FALSE(wire.transport().is_open());
    CHECK_FALSE(wire.connection->release());
    co_await group.join();
    CHECK(read.ec.value() == ECONNABORTED);
    const std::error_code drained = co_await wire.writer().drain();
    CHECK(drained.value() == ECONNABORTED);
    wire.connection.reset();
    CHECK(wire.peer.receive().empty());
    CHECK_FALSE(wire.peer.has_ended());
    CHECK(wire.peer.error() == 0);
  });
}

// A FIN by shutdown(2) is the socket's, whoever has it.
TEST_CASE("until the loop's next look nothing is done to a socket that was taken over",
          "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.send("for whoever goes on");
    wire.peer.shutdown_send();
    co_await several_turns(wire.loop);
    const ConnectionState state = wire.connection->state().value();
    {
      Connection other(wire.loop, state, UniqueFd(::fcntl(wire.our_fd, F_DUPFD_CLOEXEC, 0)));
      other.writer().write("small");
      const std::string large(100'000, 'x');
      other.writer().write(large);
      other.writer().close();
      const UniqueFd back = other.release();
    }
    {
      Connection other(wire.loop, state, UniqueFd(::fcntl(wire.our_fd, F_DUPFD_CLOEXEC, 0)));
      other.writer().close();
      const UniqueFd back = other.release();
    }
    CHECK(wire.peer.receive().empty());
    CHECK_FALSE(wire.peer.has_ended());
    const Chunk all = co_await wire.reader().read(100);
    CHECK(all.data == "for whoever goes on");
  });
}

TEST_CASE("a connection that is broken, closed or at an end that was fed has no state",
          "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    CHECK(wire.connection->state());
    wire.reader().feed_eof();
    CHECK_FALSE(wire.connection->state());
    co_return;
  });
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.reset();
    const Chunk broken = co_await wire.reader().read(1);
    CHECK(broken.ec == std::errc::connection_reset);
    CHECK_FALSE(wire.connection->state());
  });
  over_tcp([](Wire& wire) -> Task<void> {
    wire.writer().abort();
    CHECK_FALSE(wire.connection->state());
    co_return;
  });
}

TEST_CASE("a connection on AF_UNIX stays one where its peer is a proxy's client", "[connection]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.writer().set_peername(*streams::Endpoint::of_literal(streams::HostPort{"192.0.2.7", 7}));
    move_on(wire);
    CHECK(wire.transport().is_unix());
    CHECK(wire.writer().peername().to_string() == "192.0.2.7:7");
    CHECK(wire.writer().proxyname().value().family() == AF_UNIX);
    co_return;
  });
}
