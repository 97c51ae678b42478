// What a Connection tells of itself to one that derives from it.
#include <string>
#include <utility>
#include <vector>

#include "streams/connection.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace tests;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

class Told final : public Connection {
 public:
  Told(EventLoop& loop, streams::UniqueFd fd, streams::StreamOptions options = {})
      : Connection(loop, std::move(fd), {}, options) {}
  using Connection::watch_first_byte;

  std::vector<std::string> hooks;

 private:
  void on_first_byte() noexcept override { hooks.emplace_back("first byte"); }
  void on_stalled() noexcept override { hooks.emplace_back("stalled"); }
  void on_drained() noexcept override { hooks.emplace_back("drained"); }
  void on_close() noexcept override { hooks.emplace_back(transport().is_open() ? "close" : ""); }
};

using Hooks = std::vector<std::string>;

Task<void> read_twice(EventLoop& loop, Told& told, Peer& peer, std::string first) {
  peer.send(first);
  const streams::Chunk one = co_await told.reader().read(10);
  CHECK(one);
  peer.send("more");
  co_await several_turns(loop);
  const streams::Chunk two = co_await told.reader().read(10);
  CHECK(two);
}

}  // namespace

TEST_CASE("the first byte is told once, before it is read, where that was asked for",
          "[connection hooks]") {
  EventLoop loop;
  SocketPair pair = tcp_pair();
  Peer peer(std::move(pair.theirs));
  Told told(loop, std::move(pair.ours));
  SECTION("asked for") {
    told.watch_first_byte();
    run(loop, [](EventLoop& l, Told& t, Peer& p) -> Task<void> {
      co_await several_turns(l);
      CHECK(t.hooks.empty());
      p.send("hello");
      co_await several_turns(l);
      CHECK(t.hooks == Hooks{"first byte"});
      CHECK(t.transport().bytes_received() == 0);
      co_await read_twice(l, t, p, "again");
      CHECK(t.hooks == Hooks{"first byte"});
    }(loop, told, peer));
  }
  SECTION("not asked for") {
    run(loop, [](EventLoop& l, Told& t, Peer& p) -> Task<void> {
      co_await read_twice(l, t, p, "hello");
      CHECK(t.hooks.empty());
    }(loop, told, peer));
  }
}

TEST_CASE("a peer's end is no first byte, and what comes with it is", "[connection hooks]") {
  EventLoop loop;
  SocketPair pair = tcp_pair();
  Peer peer(std::move(pair.theirs));
  Told told(loop, std::move(pair.ours));
  told.watch_first_byte();
  const bool says_something = GENERATE(false, true);
  if (says_something) peer.send("bye");
  peer.shutdown_send();
  run(loop, [](EventLoop& l, Told& t) -> Task<void> {
    co_await several_turns(l);
    co_await t.reader().read_to_end(100);
  }(loop, told));
  CHECK(told.hooks == (says_something ? Hooks{"first byte"} : Hooks{}));
}

TEST_CASE("a drain that waits above the high-water mark is a stall until it goes on",
          "[connection hooks]") {
  EventLoop loop;
  SocketPair pair = with_small_send_buffer(tcp_pair());
  Peer peer(std::move(pair.theirs));
  Told told(loop, std::move(pair.ours));
  run(loop, [](EventLoop& l, Told& t, Peer& p) -> Task<void> {
    t.writer().write("little");
    const std::error_code at_once = co_await t.writer().drain();
    CHECK_FALSE(at_once);
    CHECK(t.hooks.empty());
    streams::TaskGroup group(l);
    t.writer().write(std::string(std::size_t{1} << 20, 'x'));
    group.spawn([](Told& drained) -> Task<void> {
      const std::error_code ec = co_await drained.writer().drain();
      CHECK_FALSE(ec);
    }(t));
    co_await several_turns(l);
    CHECK(t.hooks == Hooks{"stalled"});
    while (t.hooks.size() < 2) {
      p.receive();
      co_await several_turns(l);
    }
    co_await group.join();
    CHECK(t.hooks == Hooks{"stalled", "drained"});
  }(loop, told, peer));
}

TEST_CASE("a socket is told of before it is closed, once", "[connection hooks]") {
  EventLoop loop;
  SocketPair pair = tcp_pair();
  Told told(loop, std::move(pair.ours));
  told.writer().abort();
  told.writer().abort();
  CHECK(told.hooks == Hooks{"close"});
}

TEST_CASE("a connection counts its bytes where it is told to", "[connection hooks]") {
  EventLoop loop;
  SocketPair pair = tcp_pair();
  Peer peer(std::move(pair.theirs));
  streams::Traffic traffic;
  streams::StreamOptions options;
  options.traffic = &traffic;
  Told told(loop, std::move(pair.ours), options);
  run(loop, [](EventLoop& l, Told& t, Peer& p) -> Task<void> {
    co_await read_twice(l, t, p, "hello");
    t.writer().write("ab");
    co_await several_turns(l);
  }(loop, told, peer));
  CHECK(traffic.received.value() == 9);
  CHECK(traffic.sent.value() == 2);
  CHECK(loop.traffic().received.value() == 0);
}
