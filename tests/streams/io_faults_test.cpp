// What the kernel may do to single calls: bytes come out once, in order, all the same.
#include "tests/streams/io_faults.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::Task;
using streams::TaskGroup;

namespace {

std::string numbers(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + ' ';
  return text;
}

/// Writes `text` in one large and many small writes, and drains after each.
Task<void> write_all(Wire& wire, std::string_view text, std::error_code& ec) {
  const std::size_t large = text.size() / 2;
  wire.writer().write(text.substr(0, large));
  for (std::size_t i = large; i < text.size() && !ec; i += 100) {
    wire.writer().write(text.substr(i, 100));
    ec = co_await wire.writer().drain();
  }
  wire.writer().write_eof();
}

/// What the peer gets of `text`. Ends also when the writer gives up.
Task<void> transfer(Wire& wire, const IoSeen& seen, const std::string& text) {
  std::error_code ec;
  TaskGroup group(wire.loop);
  group.spawn(write_all(wire, text, ec));
  std::string got;
  while (!wire.peer.has_ended() && wire.peer.error() == 0 && !wire.writer().error()) {
    got += wire.peer.receive();
    co_await turn(wire.loop);
  }
  CHECK_FALSE(ec);
  CHECK_FALSE(wire.writer().error());
  CHECK((got == text));
  CHECK(seen.sends > 0);
  CHECK(seen.all_without_sigpipe);
  co_await group.join();
}

void check_transfer(const IoFaults& faults, std::size_t size) {
  const std::string text = numbers(size);
  for (const bool tcp : {false, true}) {
    INFO((tcp ? "tcp" : "unix"));
    with_faults(with_small_send_buffer(tcp ? tcp_pair() : unix_pair()), faults,
                [&](Wire& wire, const IoSeen& seen) { return transfer(wire, seen, text); });
  }
}

}  // namespace

TEST_CASE("bytes come out once and in order when every send takes a single byte", "[io_faults]") {
  IoFaults faults;
  faults.max_send = 1;
  check_transfer(faults, 20000);
}

TEST_CASE("bytes come out once and in order when every other send is interrupted", "[io_faults]") {
  IoFaults faults;
  faults.max_send = 7;
  faults.send_error_every = 2;
  faults.repeated_error = EINTR;
  check_transfer(faults, 20000);
}

TEST_CASE("bytes come out once and in order through a socket that is full again and again",
          "[io_faults]") {
  const IoFaults none;
  check_transfer(none, 1000000);
}

TEST_CASE("bytes come out once and in order when the kernel is out of buffers now and then",
          "[io_faults]") {
  IoFaults faults;
  faults.max_send = 1000;
  faults.send_errors = {0, ENOBUFS, 0, EINTR, ENOBUFS, ENOBUFS, ENOBUFS};
  check_transfer(faults, 20000);
}

TEST_CASE("a first send that finds no buffers is tried again, though no event tells when",
          "[io_faults]") {
  IoFaults faults;
  faults.send_errors = {ENOBUFS, ENOBUFS};
  with_faults(unix_pair(), faults, [](Wire& wire, const IoSeen& seen) -> Task<void> {
    co_await several_turns(wire.loop);
    wire.writer().write("small");
    std::string got;
    while (got.size() < 5 && !wire.writer().error()) {
      got += wire.peer.receive();
      co_await turn(wire.loop);
    }
    CHECK_FALSE(wire.writer().error());
    CHECK(got == "small");
    CHECK(seen.sends == 3);
  });
}

TEST_CASE("a send that fails for good ends the writing with that error", "[io_faults]") {
  IoFaults faults;
  faults.send_errors = {ECONNRESET};
  with_faults(unix_pair(), faults, [](Wire& wire, const IoSeen& seen) -> Task<void> {
    wire.writer().write("small");
    co_await turn(wire.loop);
    const std::error_code drained = co_await wire.writer().drain();
    CHECK(drained == std::errc::connection_reset);
    wire.writer().write("dropped");
    co_await turn(wire.loop);
    CHECK(seen.sends == 1);  // it never spins
  });
}

TEST_CASE("a receive that is interrupted is tried again", "[io_faults]") {
  IoFaults faults;
  faults.receive_errors = {EINTR, EINTR, EINTR};
  with_faults(unix_pair(), faults, [](Wire& wire, const IoSeen& seen) -> Task<void> {
    wire.peer.send("abc");
    const Chunk chunk = co_await wire.reader().readexactly(3);
    CHECK(chunk.data == "abc");
    CHECK(seen.receives == 4);
  });
}

TEST_CASE("a receive that fails for good is what every later read returns", "[io_faults]") {
  IoFaults faults;
  faults.receive_errors = {ETIMEDOUT};
  with_faults(unix_pair(), faults, [](Wire& wire, const IoSeen& seen) -> Task<void> {
    wire.peer.send("abc");
    for (int i = 0; i < 3; ++i) {
      const Chunk chunk = co_await wire.reader().read(10);
      CHECK(chunk.ec == std::errc::timed_out);
    }
    CHECK(seen.receives == 1);
  });
}
