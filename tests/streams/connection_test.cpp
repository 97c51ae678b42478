// Connection: how it ends, where more than the two ends matter.
#include "streams/connection.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/streams/io_faults.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::CancelScope;
using streams::Chunk;
using streams::Connection;
using streams::Error;
using streams::Task;
using streams::TaskGroup;
using Clock = std::chrono::steady_clock;

namespace {

Task<void> close_idle(Wire& wire, Outcome& closed) {
  wire.writer().close();
  closed.ec = co_await wire.connection->wait_closed(Connection::WaitFor::quiet);
  closed.done = true;
}

}  // namespace

TEST_CASE("a connection is idle when nothing is on its way in either direction", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const Connection& connection = *wire.connection;
    CHECK(connection.is_idle());
    wire.peer.send("ab");
    co_await several_turns(wire.loop);
    CHECK_FALSE(connection.is_idle());  // unread, with the kernel
    const Chunk some = co_await wire.reader().read(1);
    CHECK(some);
    CHECK_FALSE(connection.is_idle());  // unread, with us
    const Chunk rest = co_await wire.reader().read(1);
    CHECK(rest);
    CHECK(connection.is_idle());
    wire.writer().write("reply");
    CHECK_FALSE(connection.is_idle());  // unsent
    co_await until(wire.loop, [&] { return connection.is_idle(); });
    wire.writer().write(std::string(std::size_t{16} << 20, 'x'));
    CHECK_FALSE(connection.is_idle());
    wire.writer().abort();
    CHECK_FALSE(connection.is_idle());  // and closed is not idle
  });
  over_unix([](Wire& wire) -> Task<void> {
    wire.writer().write("reply");
    co_await several_turns(wire.loop);
    CHECK(wire.connection->is_idle());  // the peer's kernel, which is ours, has it
    CHECK(wire.peer.receive() == "reply");
  });
}

TEST_CASE("an idle connection is closed without the peer's FIN, once all is quiet",
          "[connection]") {
  const auto body = [](Wire& wire) -> Task<void> {
    const auto begin = Clock::now();
    Outcome closed;
    co_await close_idle(wire, closed);
    CHECK_FALSE(closed.ec);
    CHECK(Clock::now() - begin >= 50ms);
    CHECK(Clock::now() - begin < 1s);
    CHECK(wire.peer.receive().empty());
    CHECK(wire.peer.has_ended());
    CHECK(wire.peer.error() == 0);
  };
  over_tcp(body);
  over_unix(body);
}

TEST_CASE("a wait for the peer's FIN ends early where no more is expected", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const auto begin = Clock::now();
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    co_await several_turns(wire.loop);
    CHECK_FALSE(closed.done);
    wire.connection->stop_waiting_for_fin();
    co_await group.join();
    CHECK_FALSE(closed.ec);
    CHECK(Clock::now() - begin < 1s);
    CHECK(wire.peer.receive().empty());
    CHECK(wire.peer.has_ended());
    CHECK(wire.peer.error() == 0);
  });
}

TEST_CASE("what the peer said before no more was expected does not make it waited for",
          "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const auto begin = Clock::now();
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    co_await several_turns(wire.loop);
    wire.peer.send("a request that crossed our FIN");
    co_await until(wire.loop, [&] { return wire.transport().bytes_received() != 0; });
    wire.connection->stop_waiting_for_fin();
    co_await group.join();
    CHECK_FALSE(closed.ec);
    CHECK(Clock::now() - begin < 1s);
  });
}

TEST_CASE("a peer that speaks while its idle connection is closed does not hold that up",
          "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const auto begin = Clock::now();
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_idle(wire, closed));
    co_await turn(wire.loop);
    wire.peer.send("a request that crossed our FIN");
    co_await group.join();
    CHECK_FALSE(closed.ec);
    CHECK(Clock::now() - begin < 2s);
  });
}

TEST_CASE("a peer that never ceases to speak is left all the same", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const auto begin = Clock::now();
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_idle(wire, closed));
    while (!closed.done && Clock::now() - begin < 4s) {
      wire.peer.try_send("x");
      co_await streams::sleep_for(wire.loop, 10ms);
    }
    CHECK(closed.done);
    CHECK_FALSE(closed.ec);
    co_await group.join();
  });
}

TEST_CASE("any number of tasks may wait in wait_closed", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    std::array<Outcome, 3> closed;
    CancelScope scope;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed[0]));
    group.spawn(close_and_wait(wire, closed[1]));
    group.spawn(in_scope(scope, close_and_wait(wire, closed[2])));
    co_await several_turns(wire.loop);
    scope.cancel();
    co_await several_turns(wire.loop);
    CHECK(closed[2].ec == std::errc::operation_canceled);
    CHECK_FALSE(closed[0].done);
    CHECK_FALSE(closed[1].done);
    wire.peer.close();
    co_await group.join();
    CHECK_FALSE(closed[0].ec);
    CHECK_FALSE(closed[1].ec);
  });
}

TEST_CASE("who waits beside a wait_closed that gives up learns it", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.writer().write(std::string(std::size_t{16} << 20, 'x'));
    std::array<Outcome, 2> closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed[0], 2ms));
    group.spawn(close_and_wait(wire, closed[1]));
    co_await group.join();
    CHECK(closed[0].ec == std::errc::timed_out);
    CHECK(closed[1].ec == std::errc::timed_out);
  });
}

TEST_CASE("after an error the peer gets a reset, and not what looks like the end", "[connection]") {
  const auto body = [](Wire& wire, const IoSeen&) -> Task<void> {
    wire.writer().write("the first half");
    co_await several_turns(wire.loop);
    const Chunk chunk = co_await wire.reader().read(100);
    if (!chunk) {
      CHECK(chunk.ec == std::errc::io_error);
      wire.writer().write("the second half");
    }
    const std::error_code drained = co_await wire.writer().drain();
    CHECK(drained == std::errc::io_error);
    Outcome closed;
    co_await close_and_wait(wire, closed);
    CHECK(closed.ec == std::errc::io_error);
    co_await wire.peer_reads_to_end();
    CHECK(wire.peer.error() == ECONNRESET);
  };
  SECTION("of receiving") {
    with_faults(tcp_pair(), {.send_errors = {}, .receive_errors = {EIO}}, body);
  }
  SECTION("of sending") {
    with_faults(tcp_pair(), {.send_errors = {EIO}, .receive_errors = {}}, body);
  }
}

TEST_CASE("bytes behind a descriptor that was passed are read, and it is not kept",
          "[connection]") {
  over_unix([](Wire& wire) -> Task<void> {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    const streams::UniqueFd reading(pipe[0]);
    streams::UniqueFd passed(pipe[1]);
    Outcome line;
    TaskGroup group(wire.loop);
    group.spawn(keep(line, [&] { return wire.reader().readline(); }));
    co_await several_turns(wire.loop);

    std::string text = "PI";
    iovec piece{text.data(), text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int descriptor = passed.get();
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    REQUIRE(::sendmsg(wire.peer.fd(), &message, MSG_NOSIGNAL) == 2);
    wire.peer.send("NG one\n");
    passed.reset();

    co_await group.join();
    CHECK(line.data == "PING one\n");
    char byte = 0;
    CHECK(::read(reading.get(), &byte, 1) == 0);  // nobody has the other end any more
  });
}

TEST_CASE("a peer may have the name of a client behind it", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    streams::StreamWriter& writer = wire.writer();
    CHECK_FALSE(writer.proxyname());
    const streams::Endpoint proxy = writer.peername();
    sockaddr_storage unix_socket{};
    unix_socket.ss_family = AF_UNIX;
    writer.set_peername(streams::Endpoint(unix_socket));
    CHECK(writer.peername().to_string() == "unix");
    CHECK(writer.proxyname() == proxy);
    CHECK_FALSE(wire.connection->transport().is_unix());
    co_return;
  });
}

TEST_CASE("an urgent byte leaves behind all that was written", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const auto is_sent = [&wire] { return wire.writer().pending() == 0; };
    std::string got;
    const auto has_come = [&](std::size_t size) {
      got += wire.peer.receive();
      return got.size() == size;
    };
    wire.writer().write("before");
    CHECK(wire.connection->send_urgent('!') == EAGAIN);  // unsent
    co_await until(wire.loop, is_sent);
    CHECK(wire.connection->send_urgent('!') == 0);
    CHECK(wire.transport().bytes_sent() == 7);
    // Which a peer that has read past it has no more.
    char urgent = 0;
    co_await until(wire.loop,
                   [&] { return ::recv(wire.peer.fd(), &urgent, 1, MSG_OOB | MSG_PEEK) == 1; });
    CHECK(urgent == '!');
    wire.writer().write("after");
    co_await until(wire.loop, is_sent);
    co_await until(wire.loop, [&] { return has_come(11); });
    CHECK(got == "beforeafter");
    wire.writer().abort();
    CHECK(wire.connection->send_urgent('!') == ECONNABORTED);
  });
  over_unix([](Wire& wire) -> Task<void> {
    wire.writer().abort();
    CHECK(wire.connection->send_urgent('!') == ECONNABORTED);
    co_return;
  });
}
