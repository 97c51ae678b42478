// A connection that is always ready does not starve the others of its loop.
#include <chrono>
#include <string>
#include <sys/socket.h>

#include "streams/connection.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::Chunk;
using streams::Connection;
using streams::Task;
using streams::TaskGroup;
using streams::Transport;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t plenty = 256 * mebibyte;

/// Sends more whenever something was received: input without end, from within the very turn that
/// reads it. Stops after `plenty`, so that an unfair reader fails and does not hang.
class Refill final : public streams::StreamFilter {
 public:
  explicit Refill(Wire& wire) : wire_(wire) {}
  Step in(std::span<char> wire) override {
    total_ += wire.size();
    if (!stop && total_ < plenty) wire_.peer.try_send(block_);
    return {{wire.data(), wire.size()}, {}};
  }
  void start() { wire_.peer.try_send(block_); }
  bool stop = false;

 private:
  Wire& wire_;
  std::string block_ = std::string(65536, 'x');
  std::size_t total_ = 0;
};

/// The other connection: reads one line, and notes how far the greedy one was by then.
struct Modest {
  explicit Modest(Wire& greedy) : Modest(greedy, unix_pair()) {}
  Modest(Wire& greedy, SocketPair pair)
      : peer(std::move(pair.theirs)), connection(greedy.loop, std::move(pair.ours), {}) {}
  Peer peer;
  Connection connection;
  bool served = false;
  std::size_t greedy_moved = 0;
};

Task<void> serve_one_line(Wire& greedy, Modest& modest) {
  const Chunk line = co_await modest.connection.reader().readline();
  modest.served = static_cast<bool>(line);
  modest.greedy_moved = static_cast<std::size_t>(greedy.transport().bytes_received() +
                                                 greedy.transport().bytes_sent());
}

Task<void> read_for_ever(Wire& wire) {
  while (const Chunk chunk = co_await wire.reader().read(65536)) {
  }
}

Task<void> read_much_to_the_end(Wire& wire) {
  const Chunk all = co_await wire.reader().read_to_end(2 * plenty);
  CHECK(all);
}

Task<void> look_for_a_line(Wire& wire) {
  while (const Chunk line = co_await wire.reader().readline()) {
  }
}

Task<void> close_under_input(Wire& wire) {
  wire.writer().close();
  const std::error_code ec = co_await wire.writer().wait_closed();
  static_cast<void>(ec);
}

/// Runs `greedy` on input without end, with a line for the modest one ready from the start.
template <class Greedy>
Task<void> compete(Wire& wire, Greedy greedy) {
  Refill refill(wire);
  wire.reader().set_filter(&refill);
  Modest modest(wire);
  TaskGroup group(wire.loop);
  group.spawn(serve_one_line(wire, modest));
  modest.peer.send("a line\n");
  refill.start();
  group.spawn(greedy(wire));
  co_await until(wire.loop, [&] { return modest.served; });
  refill.stop = true;
  CHECK(modest.greedy_moved <= 4 * Transport::bytes_per_turn);
  wire.peer.close();
  co_await group.join();
}

}  // namespace

TEST_CASE("a reader with endless input yields, so that another connection progresses",
          "[fairness]") {
  Wire wire(unix_pair());
  run(wire.loop, compete(wire, read_for_ever));
}

TEST_CASE("reading endless input to the end yields too", "[fairness]") {
  Wire wire(unix_pair());
  run(wire.loop, compete(wire, read_much_to_the_end));
}

TEST_CASE("discarding an endless line yields too", "[fairness]") {
  Wire wire(unix_pair());
  run(wire.loop, compete(wire, look_for_a_line));
}

TEST_CASE("timers get their turn while a connection has endless input", "[fairness]") {
  over_unix([](Wire& wire) -> Task<void> {
    Refill refill(wire);
    wire.reader().set_filter(&refill);
    TaskGroup group(wire.loop);
    refill.start();
    group.spawn(read_for_ever(wire));
    const std::error_code ec = co_await streams::sleep_for(wire.loop, 0s);
    CHECK_FALSE(ec);
    CHECK(wire.transport().bytes_received() < plenty);
    refill.stop = true;
    wire.peer.close();
    co_await group.join();
  });
}

TEST_CASE("a connection that is always ready does not get more turns as time goes on",
          "[fairness]") {
  over_unix([](Wire& wire) -> Task<void> {
    Refill refill(wire);
    wire.reader().set_filter(&refill);
    TaskGroup group(wire.loop);
    refill.start();
    group.spawn(read_for_ever(wire));
    // What it moves between two rounds of timers; a round has a bounded number of turns.
    std::uint64_t most = 0;
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t before = wire.transport().bytes_received();
      co_await turn(wire.loop);
      most = std::max(most, wire.transport().bytes_received() - before);
    }
    CHECK(most <= 64 * Transport::bytes_per_turn);
    refill.stop = true;
    wire.peer.close();
    co_await group.join();
  });
}

TEST_CASE("a writer whose peer takes everything at once yields in drain", "[fairness]") {
  SocketPair pair = unix_pair();
  const int roomy = static_cast<int>(4 * mebibyte);
  REQUIRE(::setsockopt(pair.ours.get(), SOL_SOCKET, SO_SNDBUF, &roomy, sizeof roomy) == 0);
  on_wire(std::move(pair), {}, [](Wire& wire) -> Task<void> {
    Modest modest(wire);
    TaskGroup group(wire.loop);
    group.spawn(serve_one_line(wire, modest));
    modest.peer.send("a line\n");
    group.spawn([](Wire& w) -> Task<void> {
      const std::string block(16384, 'x');
      for (std::size_t written = 0; written < 3 * mebibyte; written += block.size()) {
        w.writer().write(block);
        const std::error_code ec = co_await w.writer().drain();
        if (ec) co_return;
      }
    }(wire));
    co_await until(wire.loop, [&] { return modest.served; });
    CHECK(modest.greedy_moved <= 4 * Transport::bytes_per_turn);
    co_await group.join();
    CHECK(wire.transport().bytes_sent() == 3 * mebibyte);
  });
}

TEST_CASE("discarding late input while closing yields too", "[fairness]") {
  // The filter is off by then, so the kernel's own buffer is the supply.
  SocketPair pair = unix_pair();
  const int roomy = static_cast<int>(4 * mebibyte);
  REQUIRE(::setsockopt(pair.theirs.get(), SOL_SOCKET, SO_SNDBUF, &roomy, sizeof roomy) == 0);
  on_wire(std::move(pair), {}, [](Wire& wire) -> Task<void> {
    const std::size_t supply = wire.peer.try_send(std::string(3 * mebibyte, 'x'));
    REQUIRE(supply > 8 * Transport::bytes_per_turn);
    Modest modest(wire);
    TaskGroup group(wire.loop);
    group.spawn(serve_one_line(wire, modest));
    modest.peer.send("a line\n");
    group.spawn(close_under_input(wire));
    co_await until(wire.loop, [&] { return modest.served; });
    CHECK(modest.greedy_moved <= 4 * Transport::bytes_per_turn);
    wire.peer.shutdown_send();
    co_await group.join();
    CHECK(wire.transport().bytes_received() == supply);
  });
}
