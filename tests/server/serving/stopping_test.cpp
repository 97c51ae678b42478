#include "server/serving/stopping.hpp"

#include <csignal>
#include <vector>

#include "tests/catch.hpp"

using server::serving::Stopping;
using Orders = Stopping::Orders;
using State = Stopping::State;
using Of = Stopping::Of;
using namespace std::chrono_literals;

namespace {

constexpr Stopping::Clock::time_point start{};

Stopping::Request signal(int number) { return {number, number != SIGHUP}; }

/// A server as the machine sees it: who is left, and what has been ordered.
struct World {
  World(std::size_t accepting, std::size_t own_accepting, std::size_t working)
      : machine(working), acceptors(accepting), own_acceptors(own_accepting), workers(working) {
    for (std::size_t i = 0; i < accepting; ++i) REQUIRE(machine.acceptor_starts(Of::clients));
    for (std::size_t i = 0; i < own_accepting; ++i) REQUIRE(machine.acceptor_starts(Of::own));
  }

  void take(const Orders& orders) {
    const auto once = [](bool& before, bool now) {
      CHECK_FALSE((before && now));
      before = before || now;
    };
    once(ordered.stop_accepting, orders.stop_accepting);
    once(ordered.abort, orders.abort);
    once(ordered.end_intake, orders.end_intake);
    once(ordered.stop_own_accepting, orders.stop_own_accepting);
    once(ordered.end_own_intake, orders.end_own_intake);
    once(ordered.finish, orders.finish);
    if (orders.end_intake) CHECK(acceptors == 0);
    if (orders.stop_own_accepting) CHECK(workers == 0);
    if (orders.end_own_intake) CHECK(own_acceptors == 0);
    if (orders.finish) CHECK_FALSE(own);
    if (ordered.end_intake) CHECK(ordered.stop_accepting);
    if (ordered.stop_own_accepting) CHECK(ordered.end_intake);
    if (ordered.end_own_intake) CHECK(ordered.stop_own_accepting);
    if (ordered.finish) CHECK(ordered.end_own_intake);
    CHECK(machine.takes_backlog() == !ordered.abort);
    CHECK((machine.state() == State::running) == !ordered.stop_accepting);
  }
  /// What the one event does, in a world beside this one.
  template <class Change>
  World after(Change change) const {
    World next = *this;
    next.take(change(next));
    return next;
  }

  Stopping machine;
  std::size_t acceptors;
  std::size_t own_acceptors;
  std::size_t workers;
  bool own = true;
  Orders ordered;
  std::size_t requests = 0;
};

/// Every order in which all this can happen from here; how many there are.
std::size_t explore(const World& world) {
  std::size_t ways = 0;
  if (world.requests < 3) {
    ways += explore(world.after([](World& next) {
      return next.machine.request(signal(next.requests++ % 2 == 0 ? SIGTERM : SIGINT), start);
    }));
  }
  if (world.ordered.stop_accepting && world.acceptors != 0) {
    ways += explore(world.after([](World& next) {
      --next.acceptors;
      return next.machine.acceptor_ended(Of::clients);
    }));
  }
  if (world.ordered.end_intake && world.workers != 0) {
    ways += explore(world.after([](World& next) {
      --next.workers;
      return next.machine.worker_ended();
    }));
  }
  if (world.ordered.stop_own_accepting && world.own_acceptors != 0) {
    ways += explore(world.after([](World& next) {
      --next.own_acceptors;
      return next.machine.acceptor_ended(Of::own);
    }));
  }
  if (world.ordered.end_own_intake && world.own) {
    ways += explore(world.after([](World& next) {
      next.own = false;
      return next.machine.own_ended();
    }));
  }
  if (ways != 0) return ways;
  CHECK(world.ordered.finish);
  CHECK_FALSE(World(world).machine.acceptor_starts(Of::clients));
  CHECK_FALSE(World(world).machine.acceptor_starts(Of::own));
  return 1;
}

}  // namespace

TEST_CASE("in every order of signals and ends, nobody is sent anything after its end",
          "[stopping]") {
  for (const std::size_t acceptors : {0U, 1U, 2U}) {
    for (const std::size_t own_acceptors : {0U, 1U, 2U}) {
      for (const std::size_t workers : {1U, 2U, 4U}) {
        INFO(acceptors << " and " << own_acceptors << " acceptors, " << workers << " workers");
        CHECK(explore(World(acceptors, own_acceptors, workers)) > 1);
      }
    }
  }
}

TEST_CASE("a worker that fails while the server runs does not end it by itself", "[stopping]") {
  World world(1, 1, 2);
  --world.workers;
  world.take(world.machine.worker_ended());
  world.own = false;
  world.take(world.machine.own_ended());
  CHECK(world.ordered == Orders{});
  world.take(world.machine.request({}, start));
  --world.acceptors;
  world.take(world.machine.acceptor_ended(Of::clients));
  CHECK(world.ordered.end_intake);
  CHECK_FALSE(world.ordered.stop_own_accepting);
  --world.workers;
  world.take(world.machine.worker_ended());
  CHECK(world.ordered.stop_own_accepting);
  CHECK_FALSE(world.ordered.finish);
  --world.own_acceptors;
  world.take(world.machine.acceptor_ended(Of::own));
  CHECK(world.ordered.finish);
}

TEST_CASE("an acceptor is counted among those whose connections it takes at the stop",
          "[stopping]") {
  World world(1, 1, 1);
  world.machine.acceptor_becomes(Of::own);
  world.acceptors = 0;
  world.own_acceptors = 2;
  CHECK(explore(world) > 1);
}

TEST_CASE("which requests are one, and which abort", "[stopping]") {
  struct Row {
    int first;
    int second;
    std::chrono::milliseconds later;
    bool aborts;
  };
  const std::vector<Row> rows{
      {SIGTERM, SIGTERM, 0ms, false},  {SIGTERM, SIGTERM, 250ms, false},
      {SIGTERM, SIGTERM, 251ms, true}, {SIGINT, SIGINT, 1ms, false},
      {SIGINT, SIGINT, 1h, true},      {SIGTERM, SIGINT, 0ms, true},
      {SIGINT, SIGTERM, 0ms, true},    {SIGHUP, SIGTERM, 0ms, true},
      {SIGHUP, SIGHUP, 1h, false},     {SIGTERM, SIGHUP, 1h, false},
      {0, SIGTERM, 0ms, true},         {SIGTERM, 0, 1h, false},
  };
  for (const Row& row : rows) {
    INFO(row.first << ", then " << row.second << " after " << row.later.count() << " ms");
    Stopping machine(1);
    REQUIRE(machine.acceptor_starts(Of::clients));
    const Orders first = machine.request(signal(row.first), start);
    CHECK(first.stop_accepting);
    CHECK_FALSE(first.abort);
    Stopping::Request second = signal(row.second);
    second.may_abort = second.may_abort && row.second != 0;
    CHECK(machine.request(second, start + row.later).abort == row.aborts);
    CHECK(machine.state() == (row.aborts ? State::aborting : State::draining));
  }
}

TEST_CASE("a repetition is counted from the first signal, not from the last", "[stopping]") {
  Stopping machine(1);
  REQUIRE(machine.acceptor_starts(Of::clients));
  CHECK(machine.request(signal(SIGTERM), start).stop_accepting);
  CHECK_FALSE(machine.request(signal(SIGTERM), start + 200ms).abort);
  CHECK(machine.request(signal(SIGTERM), start + 400ms).abort);
}
