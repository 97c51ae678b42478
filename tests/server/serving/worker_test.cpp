#include "server/serving/worker.hpp"

#include <thread>

#include "tests/failing_allocation.hpp"
#include "tests/server/serving/relieved.hpp"

using server::insight::Cause;
using server::serving::Worker;
using namespace std::chrono_literals;

namespace {

/// A worker on the test's thread, and a protocol for its sessions.
struct Working {
  explicit Working(std::string protocol, std::chrono::milliseconds grace = 10s,
                   config::Limits limits = {})
      : listener(std::move(protocol), limits), worker(0, {}, grace, events, budget.budget) {}

  tests::Peer adopt() {
    tests::SocketPair pair = tests::tcp_pair();
    worker.adopt(tests::accepted(std::move(pair.ours), listener));
    return tests::Peer(std::move(pair.theirs));
  }
  void run() { tests::run(worker.loop(), worker.run()); }

  tests::Events events;
  tests::TestListener listener;
  tests::Budget budget;
  Worker worker;
};

}  // namespace

TEST_CASE("a worker ends when no connection comes any more and the last session is over",
          "[worker]") {
  Working working("echo");
  tests::Peer peer = working.adopt();
  peer.send("hello");
  peer.shutdown_send();
  working.worker.end_intake();
  working.run();
  CHECK(peer.receive() == "hello");
  CHECK(working.events.causes.size() == 1);
}

TEST_CASE("an abort alone does not end a worker: connections may be on their way", "[worker]") {
  Working working("chargen");
  working.worker.abort();
  std::vector<tests::Peer> peers;
  std::thread acceptor([&working, &peers] {
    for (int i = 0; i < 50; ++i) peers.push_back(working.adopt());
    working.worker.end_intake();
  });
  working.run();
  acceptor.join();
  CHECK(working.events.causes == std::vector(50, Cause::aborted));
  for (tests::Peer& peer : peers) {
    peer.receive();
    CHECK(peer.error() == ECONNRESET);
  }
}

TEST_CASE("sessions that outlast the grace are reset", "[worker]") {
  Working working("discard", 50ms);
  tests::Peer peer = working.adopt();
  peer.send("x");
  working.worker.end_intake();
  working.run();
  CHECK(working.events.causes == std::vector{Cause::aborted});
}

TEST_CASE("a loop that turns answers the pulse that was asked for", "[worker]") {
  Working working("echo");
  working.worker.take_pulse();
  CHECK(working.worker.pulse() == 0);
  working.worker.end_intake();
  working.run();
  CHECK(working.worker.pulse() == 1);
}

TEST_CASE("a session's idle time-out is kept by a worker that has looked once a second",
          "[worker]") {
  config::Limits limits;
  limits.idle_timeout = 100ms;
  Working working("echo", 10s, limits);
  const auto comes_later = [](Working& self) -> streams::Task<void> {
    streams::TaskGroup group(self.worker.loop());
    group.spawn(self.worker.run());
    co_await tests::turn(self.worker.loop());
    const auto start = std::chrono::steady_clock::now();
    const tests::Peer peer = self.adopt();
    co_await tests::until(self.worker.loop(), [&self] { return !self.events.causes.empty(); });
    CHECK(std::chrono::steady_clock::now() - start < 800ms);
    self.worker.end_intake();
    co_await group.join();
  };
  tests::run(working.worker.loop(), comes_later(working));
  CHECK(working.events.causes == std::vector{Cause::idle});
}

TEST_CASE("nobody pays for time in which the loop stood still", "[worker]") {
  config::Limits limits;
  limits.idle_timeout = 400ms;  // the sweep looks every 20 ms
  Working working("line", 10s, limits);
  const auto steps = [](Working& self) -> streams::Task<void> {
    streams::EventLoop& loop = self.worker.loop();
    streams::TaskGroup group(loop);
    group.spawn(self.worker.run());
    co_await tests::turn(loop);
    tests::Peer peer = self.adopt();
    // The second of these and the sweep are due when the first is over, in this order, and the loop
    // looks at no socket between them.
    streams::Timer first(loop);
    streams::Timer second(loop);
    first.call_later(1ms, [] { std::this_thread::sleep_for(50ms); });
    second.call_later(15ms, [&peer] {
      peer.send("PING\r\n");
      std::this_thread::sleep_for(600ms);
    });
    std::string got;
    const auto has_come = [&got, &peer](std::string_view what) {
      got += peer.receive();
      return got == what || peer.has_ended();
    };
    co_await tests::until(loop, [&has_come] { return has_come("+PONG\r\n"); });
    peer.send("PING\r\n");
    co_await tests::until(loop, [&has_come] { return has_come("+PONG\r\n+PONG\r\n"); });
    CHECK_FALSE(peer.has_ended());
    peer.shutdown_send();
    co_await tests::until(loop, [&self] { return !self.events.causes.empty(); });
    self.worker.end_intake();
    co_await group.join();
  };
  tests::run(working.worker.loop(), steps(working));
  CHECK(working.events.causes == std::vector{Cause::peer_closed});
}

TEST_CASE("the daemon's own business goes on when the last client has gone", "[worker]") {
  Working working("line");
  const tests::TestListener own("admin");
  const auto steps = [](Working& self, const tests::TestListener& listener) -> streams::Task<void> {
    streams::TaskGroup group(self.worker.loop());
    streams::Task<void> clients = self.worker.run();
    group.spawn(self.worker.run_own());
    co_await tests::turn(self.worker.loop());
    tests::SocketPair pair = tests::tcp_pair();
    self.worker.adopt(tests::accepted(std::move(pair.ours), listener));
    tests::Peer admin(std::move(pair.theirs));
    const tests::Peer client = self.adopt();
    self.worker.end_intake();
    co_await std::move(clients);
    CHECK(self.events.causes == std::vector{Cause::shutdown});
    std::vector<server::protocols::AdminHost::Session> living;
    CHECK(self.worker.list_sessions(10, living) == 1);
    CHECK(living.at(0).listener == "admin");
    self.worker.end_own_intake();
    co_await group.join();
    admin.receive();
    CHECK(admin.has_ended());
  };
  tests::run(working.worker.loop(), steps(working, own));
}

TEST_CASE("who administers is answered while clients take more than they may", "[worker]") {
  Working working("line");
  const tests::TestListener own("admin");
  const auto steps = [](Working& self, const tests::TestListener& listener) -> streams::Task<void> {
    streams::EventLoop& loop = self.worker.loop();
    streams::BufferBudget& budget = self.budget.budget;
    streams::TaskGroup group(loop);
    group.spawn(self.worker.run());
    group.spawn(self.worker.run_own());
    co_await tests::turn(loop);
    tests::SocketPair pair = tests::tcp_pair();
    self.worker.adopt(tests::accepted(std::move(pair.ours), listener));
    tests::Peer admin(std::move(pair.theirs));
    constexpr std::size_t by_others = 4 * tests::block;
    budget.set_limit(tests::block);
    budget.take(by_others);
    admin.send("PING\r\n");
    std::string got;
    co_await tests::until(loop, [&got, &admin] {
      got += admin.receive();
      return !got.empty() || admin.error() != 0;
    });
    CHECK(got == "+PONG\r\n");
    budget.give(by_others);
    self.worker.end_intake();
    self.worker.end_own_intake();
    co_await group.join();
  };
  tests::run(working.worker.loop(), steps(working, own));
}

namespace {

streams::Task<void> run_short_of_memory(Worker& worker) {
  streams::Task<void> work = worker.run();
  co_await tests::turn(worker.loop());
  const tests::FailingAllocation failing(0);
  co_await std::move(work);
}

}  // namespace

TEST_CASE("a worker that measures needs no memory to run, and ends", "[worker]") {
  Working working("echo");
  working.worker.set_measures(true);
  working.worker.end_intake();
  tests::run(working.worker.loop(), run_short_of_memory(working.worker));
  CHECK(working.events.causes.empty());
}

TEST_CASE("sessions are shed without memory to choose among them, too", "[worker]") {
  tests::Relieved relieved(4 * tests::block);
  const auto steps = [](tests::Relieved& self) -> streams::Task<void> {
    co_await hold_unfinished_lines(self, 6);
    {
      const tests::FailingAllocation failing(0);
      self.relief.begin();  // far too much, so there is no moment
    }
    co_await tests::until(self.loop, [&self] { return self.watched.reliefs != 0; });
    co_await end(self);
  };
  tests::run(relieved.loop, steps(relieved));
  const auto shed = std::ranges::count(relieved.events.causes, Cause::max_memory);
  CHECK(shed >= 3);
  CHECK(shed < 6);
}
