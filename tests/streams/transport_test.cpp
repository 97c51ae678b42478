#include "streams/transport.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string>

#include "streams/event_loop.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace tests;
using streams::EventLoop;
using streams::IoResult;
using streams::Task;
using streams::Transport;

namespace {

struct Half final : Transport::Sender {
  void ready() noexcept override {
    ++calls;
    if (destroys != nullptr) destroys->reset();
  }
  void cancel_wait() noexcept override {}
  void send_wire(std::string_view) noexcept override {}
  void fail(int) noexcept override {}
  int calls = 0;
  std::optional<Transport>* destroys = nullptr;
};

struct Bench {
  explicit Bench(EventLoop& loop, SocketPair pair) : peer(std::move(pair.theirs)) {
    transport.emplace(loop, std::move(pair.ours));
    transport->attach(reader, writer);
  }
  IoResult receive(std::size_t size = 100) {
    return transport->receive(std::span<char>(room).first(size));
  }

  Half reader;
  Half writer;
  Peer peer;
  std::optional<Transport> transport;
  std::array<char, 65536> room{};
};

}  // namespace

TEST_CASE("a transport receives, waits with EAGAIN, and knows what is worth trying",
          "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, tcp_pair());
    CHECK(bench.transport->readable());  // never tried
    CHECK(bench.receive().error() == EAGAIN);
    CHECK_FALSE(bench.transport->readable());
    bench.peer.send("0123456789");
    co_await several_turns(l);
    CHECK(bench.reader.calls > 0);
    CHECK(bench.transport->readable());
    CHECK(bench.receive(4).size() == 4);
    CHECK(bench.transport->readable());  // a full read may not have been all
    CHECK(bench.receive(100).size() == 6);
    CHECK_FALSE(bench.transport->readable());  // a short one was
    CHECK(bench.transport->bytes_received() == 10);
  }(loop));
}

TEST_CASE("the peer's FIN that came with the last bytes is not missed", "[transport]") {
  EventLoop loop;
  for (const bool tcp : {false, true}) {
    run(loop, [](EventLoop& l, bool over_tcp) -> Task<void> {
      Bench bench(l, over_tcp ? tcp_pair() : unix_pair());
      CHECK(bench.receive().error() == EAGAIN);
      bench.peer.send("abc");
      bench.peer.shutdown_send();
      co_await several_turns(l);
      CHECK(bench.receive().size() == 3);
      CHECK(bench.transport->readable());
      CHECK(bench.receive().size() == 0);
      CHECK(bench.receive().error() == 0);
    }(loop, tcp));
  }
}

TEST_CASE("the FIN is not missed when the bytes before it were read first", "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, tcp_pair());
    bench.peer.send("abc");
    co_await several_turns(l);
    CHECK(bench.receive().size() == 3);
    CHECK_FALSE(bench.transport->readable());
    const int before = bench.reader.calls;
    bench.peer.shutdown_send();
    co_await until(l, [&] { return bench.reader.calls > before; });
    CHECK(bench.transport->readable());
    CHECK(bench.receive().size() == 0);
  }(loop));
}

TEST_CASE("a full socket is reported, and the writing half is told when it takes more",
          "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, with_small_send_buffer(unix_pair()));
    co_await several_turns(l);
    CHECK(bench.writer.calls == 0);  // never in need
    const std::string block(65536, 'x');
    IoResult result = IoResult(0);
    do {
      result = bench.transport->send(block);
    } while (result.size() > 0);
    CHECK(result.error() == EAGAIN);
    CHECK_FALSE(bench.transport->writable());
    co_await several_turns(l);
    CHECK(bench.writer.calls == 0);
    const std::string got = bench.peer.receive();
    CHECK(got.size() == bench.transport->bytes_sent());
    co_await until(l, [&] { return bench.writer.calls != 0; });
    CHECK(bench.transport->writable());
  }(loop));
}

TEST_CASE("a closed transport fails with ECONNABORTED and tells nobody", "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, unix_pair());
    CHECK(bench.transport->is_open());
    bench.transport->close();
    bench.transport->close();
    CHECK_FALSE(bench.transport->is_open());
    CHECK(bench.receive().error() == ECONNABORTED);
    CHECK(bench.transport->send("x").error() == ECONNABORTED);
    bench.transport->shutdown_send();
    co_await several_turns(l);
    CHECK(bench.reader.calls == 0);
    CHECK(bench.writer.calls == 0);
    CHECK(bench.peer.receive().empty());
    CHECK(bench.peer.has_ended());
  }(loop));
}

TEST_CASE("abort resets the connection and tells both halves soon", "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, tcp_pair());
    co_await several_turns(l);
    const int before = bench.reader.calls;
    CHECK(bench.transport->send("never arrives").size() > 0);
    bench.transport->abort();
    CHECK(bench.reader.calls == before);
    CHECK_FALSE(bench.transport->is_open());
    co_await several_turns(l);
    CHECK(bench.reader.calls == before + 1);
    CHECK(bench.writer.calls == 1);
    CHECK(bench.receive().error() == ECONNABORTED);
    bench.peer.receive();
    bench.peer.receive();
    CHECK(bench.peer.error() == ECONNRESET);
  }(loop));
}

TEST_CASE("shutting down sending is FIN after what was sent, and receiving goes on",
          "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, tcp_pair());
    CHECK(bench.transport->send("last").size() == 4);
    bench.transport->shutdown_send();
    std::string got;
    while (!bench.peer.has_ended()) {
      got += bench.peer.receive();
      co_await turn(l);
    }
    CHECK(got == "last");
    const int before = bench.reader.calls;
    bench.peer.send("reply");
    co_await until(l, [&] { return bench.reader.calls > before; });
    CHECK(bench.receive().size() == 5);
    CHECK(bench.transport->send("x").error() == EPIPE);
  }(loop));
}

TEST_CASE("a half that is told may destroy the transport", "[transport]") {
  EventLoop loop;
  for (const bool by_writer : {false, true}) {
    run(loop, [](EventLoop& l, bool writer_destroys) -> Task<void> {
      Bench bench(l, with_small_send_buffer(unix_pair()));
      co_await several_turns(l);
      CHECK(bench.receive().error() == EAGAIN);
      while (bench.transport->send(std::string(65536, 'x')).size() > 0) {
      }
      bench.reader.calls = bench.writer.calls = 0;
      (writer_destroys ? bench.writer : bench.reader).destroys = &bench.transport;
      // Both edges in one event.
      bench.peer.send("abc");
      bench.peer.receive();
      co_await until(l, [&] { return !bench.transport.has_value(); });
      co_await several_turns(l);
      CHECK(bench.writer.calls == (writer_destroys ? 1 : bench.writer.calls));
      CHECK(bench.reader.calls == (writer_destroys ? 0 : 1));
    }(loop, by_writer));
  }
}

TEST_CASE("a turn is over once it moved enough bytes, and the next one starts afresh",
          "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, unix_pair());
    co_await several_turns(l);
    const std::string piece(16384, 'x');
    std::size_t moved = 0;
    while (moved < Transport::bytes_per_turn) {
      CHECK_FALSE(bench.transport->turn_is_over());
      bench.peer.send(piece);
      moved += static_cast<std::size_t>(bench.receive(65536).size());
    }
    CHECK(bench.transport->turn_is_over());
    bench.reader.calls = 0;
    bench.transport->yield_reader();
    CHECK(bench.reader.calls == 0);
    co_await until(l, [&] { return bench.reader.calls != 0; });
    CHECK_FALSE(bench.transport->turn_is_over());
  }(loop));
}

TEST_CASE("a transport destroyed while it has yielded is not told any more", "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, unix_pair());
    co_await several_turns(l);
    bench.reader.calls = bench.writer.calls = 0;
    bench.transport->yield_reader();
    bench.transport->yield_writer();
    bench.transport.reset();
    co_await several_turns(l);
    CHECK(bench.reader.calls == 0);
    CHECK(bench.writer.calls == 0);
  }(loop));
}

TEST_CASE("a half that yields twice has one turn coming, not two", "[transport]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Bench bench(l, unix_pair());
    co_await several_turns(l);
    bench.reader.calls = bench.writer.calls = 0;
    bench.transport->yield_reader();
    bench.transport->yield_reader();
    bench.transport->yield_writer();
    co_await several_turns(l);
    CHECK(bench.reader.calls == 1);
    CHECK(bench.writer.calls == 1);
    bench.transport->yield_reader();
    co_await several_turns(l);
    CHECK(bench.reader.calls == 2);
  }(loop));
}
