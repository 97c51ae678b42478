// Connection: peers that read slowly, or late, while it ends.
#include <cerrno>
#include <chrono>
#include <string>

#include "streams/connection.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::Closing;
using streams::Error;
using streams::Task;
using streams::TaskGroup;
using Clock = std::chrono::steady_clock;

namespace {

/// Plays a peer that reads at a rate, bytes a second, to the end.
Task<std::string> read_slowly(Wire& wire, std::size_t rate) {
  std::string all;
  const auto begin = Clock::now();
  while (!wire.peer.has_ended() && wire.peer.error() == 0) {
    const std::chrono::duration<double> time = Clock::now() - begin;
    const auto due = static_cast<std::size_t>(time.count() * static_cast<double>(rate));
    if (due > all.size()) all += wire.peer.receive(due - all.size());
    co_await streams::sleep_for(wire.loop, 5ms);
  }
  co_return all;
}

Task<void> get_every_byte(Wire& wire, std::size_t rate) {
  const std::string reply(600'000, 'x');
  wire.writer().write(reply);
  CHECK(wire.writer().pending() != 0);
  Outcome closed;
  TaskGroup group(wire.loop);
  group.spawn(close_and_wait(wire, closed));
  const std::string got = co_await read_slowly(wire, rate);
  CHECK(wire.peer.error() == 0);
  CHECK(got.size() == reply.size());
  wire.peer.close();
  co_await group.join();
  CHECK_FALSE(closed.ec);
}

}  // namespace

TEST_CASE("a peer that reads slowly gets every byte, however long it takes", "[connection]") {
  // Far longer than the patience, in which it always reads something.
  streams::StreamOptions options;
  options.close_timeout = 400ms;
  const auto body = [](Wire& wire) -> Task<void> {
    const std::string reply(1'000'000, 'x');
    wire.writer().write(reply);
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed));
    const std::string got = co_await read_slowly(wire, 800'000);
    CHECK(wire.peer.error() == 0);
    CHECK(got.size() == reply.size());
    wire.peer.close();
    co_await group.join();
  };
  SECTION("all of it with our kernel at once") { on_wire(tcp_pair(), options, body); }
  SECTION("most of it with us") { on_wire(with_small_send_buffer(tcp_pair()), options, body); }
  SECTION("over a Unix socket") { on_wire(unix_pair(), options, body); }
}

TEST_CASE("a peer that has no room for longer than the patience gets every byte, too",
          "[connection]") {
  streams::StreamOptions options;
  options.close_timeout = 100ms;
  // It makes room in steps of its buffer, or on a Unix socket of 36 KiB, each of which takes it
  // 0.15 to 0.35 s.
  SECTION("over TCP") {
    std::size_t rate = 400'000;
    on_wire(with_small_send_buffer(tcp_pair()), options, get_every_byte, rate);
  }
  SECTION("over a Unix socket") {
    std::size_t rate = 200'000;
    on_wire(unix_pair(), options, get_every_byte, rate);
  }
}

TEST_CASE("what the kernel has still arrives when the patience ends", "[connection]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const std::string reply(400'000, 'x');  // more than the peer's kernel has room for
    wire.writer().write(reply);
    REQUIRE(wire.writer().pending() == 0);
    Outcome closed;
    co_await close_and_wait(wire, closed, 20ms);
    CHECK(closed.ec == Error::unacknowledged);
    CHECK_FALSE(wire.transport().is_open());
    const std::string got = co_await read_slowly(wire, 10'000'000);
    CHECK(wire.peer.error() == 0);
    CHECK((got == reply));
  });
}

TEST_CASE("wait_closed has a deadline for a peer that does not read: reset, and timed_out",
          "[connection]") {
  const auto body = [](Wire& wire) -> Task<void> {
    wire.writer().write(std::string(std::size_t{16} << 20, 'x'));
    const auto begin = std::chrono::steady_clock::now();
    Outcome closed;
    TaskGroup group(wire.loop);
    group.spawn(close_and_wait(wire, closed, 30ms));
    co_await several_turns(wire.loop);
    co_await group.join();
    CHECK(closed.ec == std::errc::timed_out);
    CHECK(std::chrono::steady_clock::now() - begin >= Closing::slow_reader * 30ms);
    CHECK_FALSE(wire.transport().is_open());
  };
  over_unix(body);  // where there is no reset
  over_tcp([](Wire& wire) -> Task<void> {
    wire.writer().write(std::string(std::size_t{16} << 20, 'x'));
    Outcome closed;
    co_await close_and_wait(wire, closed, 10ms);
    CHECK(closed.ec == std::errc::timed_out);
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK(wire.peer.error() == ECONNRESET);
  });
}
