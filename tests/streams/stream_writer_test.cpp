// StreamWriter: write(), write_eof(), order and broken connections.
#include "streams/stream_writer.hpp"

#include <csignal>
#include <string>
#include <string_view>

#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::Error;
using streams::Task;
using streams::TaskGroup;

namespace {

volatile std::sig_atomic_t sigpipes = 0;

/// Counts SIGPIPE instead of dying of it.
class CountSigpipe {
 public:
  CountSigpipe() {
    sigpipes = 0;
    previous_ = std::signal(SIGPIPE, [](int) { sigpipes = sigpipes + 1; });
  }
  ~CountSigpipe() { std::signal(SIGPIPE, previous_); }
  CountSigpipe(const CountSigpipe&) = delete;
  CountSigpipe& operator=(const CountSigpipe&) = delete;

 private:
  void (*previous_)(int) = nullptr;
};

/// Writes and drains until drain() gives an error; the number of rounds is bounded by the watchdog.
Task<void> write_and_drain_to_the_error(Wire& wire, std::size_t size, std::error_code& ec) {
  const std::string bytes(size, 'x');
  do {
    wire.writer().write(bytes);
    ec = co_await wire.writer().drain();
  } while (!ec);
}

}  // namespace

TEST_CASE("write never waits, whatever the peer does", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    const std::string block(100000, 'x');
    for (int i = 0; i < 100; ++i) wire.writer().write(block);
    CHECK(wire.writer().pending() + wire.transport().bytes_sent() == 100 * block.size());
    CHECK(wire.writer().pending() > 0);
    co_return;
  });
}

TEST_CASE("small writes of one turn leave together when it ends", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    co_await turn(wire.loop);
    wire.writer().write("a");
    wire.writer().write("b");
    CHECK(wire.peer.receive().empty());
    CHECK(wire.writer().pending() == 2);
    wire.writer().write("c");
    co_await turn(wire.loop);
    CHECK(wire.peer.receive() == "abc");
    CHECK(wire.writer().pending() == 0);
  });
}

TEST_CASE("what is flushed leaves at once, and nothing joins it", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    co_await turn(wire.loop);
    wire.writer().write("a");
    wire.writer().flush();
    CHECK(wire.peer.receive() == "a");
    wire.writer().write("b");
    CHECK(wire.peer.receive().empty());
    co_await turn(wire.loop);
    CHECK(wire.peer.receive() == "b");
  });
}

TEST_CASE("nothing joins what waits where nothing is written, not even from nowhere", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    co_await turn(wire.loop);
    wire.writer().write("a");
    wire.writer().write({});
    wire.writer().write("b");
    CHECK(wire.writer().pending() == 2);
    co_await turn(wire.loop);
    CHECK(wire.peer.receive() == "ab");
  });
}

TEST_CASE("a large write goes to the kernel at once when nothing waits before it", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.writer().write(std::string(8192, 'x'));
    CHECK(wire.writer().pending() == 0);
    CHECK(wire.peer.receive().size() == 8192);
    co_return;
  });
}

TEST_CASE("small and large writes keep their order", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    std::string expected;
    unsigned seed = 1;
    for (int i = 0; i < 300; ++i) {
      seed = seed * 1664525U + 1013904223U;
      const std::size_t size = (seed >> 8) % 3 == 0 ? (seed >> 12) % 20000 : (seed >> 12) % 200;
      const std::string bytes(size, static_cast<char>('a' + i % 26));
      wire.writer().write(bytes);
      expected += bytes;
    }
    wire.writer().write_eof();
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK((got == expected));
  });
}

TEST_CASE("bytes come out once and in order through the smallest socket buffers", "[writer]") {
  for (const bool tcp : {false, true}) {
    on_wire(with_small_send_buffer(tcp ? tcp_pair() : unix_pair()), {},
            [](Wire& wire) -> Task<void> {
              std::string expected;
              while (expected.size() < 300000) expected += std::to_string(expected.size()) + ' ';
              wire.writer().write(expected);
              CHECK(wire.writer().pending() > 200000);  // the kernel took little
              wire.writer().write_eof();
              const std::string got = co_await wire.peer_reads_to_end();
              CHECK((got == expected));
            });
  }
}

TEST_CASE("write_eof sends FIN after what is buffered, and reading goes on", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    const std::string large(std::size_t{8} << 20, 'x');
    wire.writer().write(large);
    CHECK(wire.writer().pending() > 0);
    wire.writer().write_eof();
    wire.writer().write_eof();
    const std::string got = co_await wire.peer_reads_to_end();
    CHECK((got == large));
    CHECK(wire.peer.has_ended());
    CHECK_FALSE(wire.writer().is_closing());

    wire.peer.send("an answer");
    const Chunk answer = co_await wire.reader().readexactly(9);
    CHECK(answer.data == "an answer");
  });
}

TEST_CASE("write_eof with nothing buffered sends FIN at once", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.writer().write_eof();
    CHECK(wire.peer.receive().empty());
    CHECK(wire.peer.has_ended());
    wire.writer().write("dropped");
    CHECK(wire.writer().pending() == 0);
    co_return;
  });
}

TEST_CASE("the peer's FIN leaves our writer usable", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.peer.send("question");
    wire.peer.shutdown_send();
    const Chunk question = co_await wire.reader().read_to_end(100);
    CHECK(question.data == "question");
    CHECK(wire.reader().peer_has_ended());

    const std::string large(std::size_t{4} << 20, 'x');
    wire.writer().write(large);
    Outcome drained;
    TaskGroup group(wire.loop);
    group.spawn(keep_error(drained, [&] { return wire.writer().drain(); }));
    std::string got;
    while (!drained.done) {
      got += wire.peer.receive();
      co_await turn(wire.loop);
    }
    CHECK_FALSE(drained.ec);
    wire.writer().write_eof();
    got += co_await wire.peer_reads_to_end();
    CHECK((got == large));
    co_await group.join();
  });
}

TEST_CASE("a write and drain loop towards a closed peer ends in an error, without SIGPIPE",
          "[writer]") {
  const CountSigpipe counting;
  for (const bool tcp : {false, true}) {
    for (const bool reset : {false, true}) {
      if (reset && !tcp) continue;
      for (std::size_t size : {std::size_t{1}, std::size_t{5000}, std::size_t{200000}}) {
        INFO((tcp ? "tcp, " : "unix, ") << (reset ? "reset, " : "closed, ") << size);
        Wire wire(tcp ? tcp_pair() : unix_pair());
        if (reset) {
          wire.peer.reset();
        } else {
          wire.peer.close();
        }
        std::error_code ec;
        run(wire.loop, write_and_drain_to_the_error(wire, size, ec));
        const bool expected = ec == std::errc::broken_pipe || ec == std::errc::connection_reset;
        CHECK(expected);
        CHECK(wire.writer().error() == ec);
        CHECK(wire.writer().pending() == 0);
      }
    }
  }
  CHECK(sigpipes == 0);
}

TEST_CASE("a drain that waits gets the error of a connection that breaks", "[writer]") {
  over_tcp([](Wire& wire) -> Task<void> {
    wire.writer().write(std::string(std::size_t{16} << 20, 'x'));
    Outcome drained;
    TaskGroup group(wire.loop);
    group.spawn(keep_error(drained, [&] { return wire.writer().drain(); }));
    co_await several_turns(wire.loop);
    CHECK_FALSE(drained.done);
    wire.peer.reset();
    co_await group.join();
    CHECK(drained.ec);
    CHECK(wire.writer().pending() == 0);
    const std::error_code again = co_await wire.writer().drain();
    CHECK(again == drained.ec);
  });
}

TEST_CASE("writes after the connection broke are dropped", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.peer.close();
    wire.writer().write(std::string(8192, 'x'));
    CHECK(wire.writer().error() == std::errc::broken_pipe);
    wire.writer().write(std::string(100, 'x'));
    wire.writer().write(std::string(8192, 'x'));
    CHECK(wire.writer().pending() == 0);
    co_return;
  });
}

TEST_CASE("a handler that ends with unsent writes leaves nothing behind", "[writer]") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.writer().write("never flushed");
    wire.connection.reset();
    co_await several_turns(wire.loop);
    CHECK(wire.peer.receive().empty());
    CHECK(wire.peer.has_ended());
  });
}

TEST_CASE("sockname and peername are the two ends of the connection") {
  over_tcp([](Wire& wire) -> Task<void> {
    const streams::Endpoint near = wire.writer().sockname();
    CHECK(near == streams::Endpoint::of_socket(wire.our_fd));
    CHECK(near == streams::Endpoint::of_peer(wire.peer.fd()));
    CHECK(wire.writer().peername() == streams::Endpoint::of_socket(wire.peer.fd()));
    wire.writer().abort();
    CHECK(wire.writer().sockname().to_string() == "unknown");
    co_return;
  });
}
