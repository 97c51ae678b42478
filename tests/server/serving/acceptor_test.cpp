#include "server/serving/acceptor.hpp"

#include <csignal>

#include "tests/server/serving/one_acceptor.hpp"

using config::AtLimit;
using tests::Accepting;
using namespace std::chrono_literals;

TEST_CASE("every connection is handed over once, with a number of its own", "[acceptor]") {
  Accepting accepting(1000);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(100);  // more than one turn's worth
    co_await self.have(100);
    for (std::size_t i = 0; i < self.taken.size(); ++i) CHECK(self.taken[i].id == i + 1);
    self.stop();
  });
}

TEST_CASE("a full listener leaves connections in the backlog and takes one for each that leaves",
          "[acceptor]") {
  Accepting accepting(2);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(5);
    co_await self.have(2);
    self.taken.pop_back();
    co_await self.have(2);
    CHECK(self.taken.back().id == 3);
    self.stop();
  });
}

TEST_CASE("a full listener that refuses hands over who is to be told so", "[acceptor]") {
  Accepting accepting(1, AtLimit::refuse);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(3);
    co_await self.have(3);
    CHECK_FALSE(self.taken[0].refused);
    CHECK(self.taken[1].refused);
    CHECK(self.taken[2].refused);
    using server::insight::Refusal;
    CHECK(self.events.refusals == std::vector{Refusal::listener_full, Refusal::listener_full});
    self.stop();
  });
}

TEST_CASE("a stop takes who is in the backlog, as far as there are places", "[acceptor]") {
  Accepting accepting(3);
  accepting.connect(5);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.stop();
    co_await self.have(3);
  });
  accepting.peers.back().receive();
  CHECK(accepting.peers.back().error() == ECONNRESET);
}

TEST_CASE("an abort takes nobody any more", "[acceptor]") {
  Accepting accepting(10);
  accepting.connect(5);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.stop(SIGTERM);
    self.stop(SIGINT);
    co_await self.have(0);
  });
}

TEST_CASE("an acceptor that is retired takes who is in the backlog as places come free",
          "[acceptor]") {
  Accepting accepting(1);
  accepting.connect(3);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    co_await self.have(1);
    self.acceptor.retire(1h);
    for (std::uint64_t id = 2; id <= 3; ++id) {
      self.taken.clear();
      co_await self.have(1);
      CHECK(self.taken.back().id == id);
    }
    self.taken.clear();
  });
}

TEST_CASE("an acceptor that is retired gives up at the end of its patience", "[acceptor]") {
  Accepting accepting(1);
  accepting.connect(3);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    co_await self.have(1);
    self.acceptor.retire(20ms);
  });
}

TEST_CASE("another listener applies to who comes next, without a pause", "[acceptor]") {
  Accepting accepting(1);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    co_await tests::several_turns(self.loop);
    self.acceptor.apply(self.make(2, AtLimit::wait));
    self.connect(2);
    co_await tests::several_turns(self.loop);
    CHECK(self.taken.size() == 2);
    self.stop();
  });
}

TEST_CASE("an acceptor that is retired and not over yet can be taken back", "[acceptor]") {
  Accepting accepting(1);
  accepting.connect(2);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    co_await self.have(1);
    self.acceptor.retire(2s);
    co_await tests::several_turns(self.loop);
    self.acceptor.apply(self.make(4, AtLimit::wait));
    co_await self.have(2);
    co_await streams::sleep_for(self.loop, 2100ms);  // the patience would be over
    self.connect(2);
    co_await self.have(4);
    CHECK_FALSE(self.acceptor.has_ended());
    self.stop();
  });
}

TEST_CASE("an acceptor that is retired and taken back at once goes on", "[acceptor]") {
  Accepting accepting(2);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    co_await tests::several_turns(self.loop);
    self.acceptor.retire(1h);
    self.acceptor.apply(self.make(2, AtLimit::wait));
    self.connect(1);
    co_await self.have(1);
    self.stop();
  });
}

TEST_CASE("a stop ends the patience of an acceptor that is retired", "[acceptor]") {
  Accepting accepting(1);
  accepting.connect(3);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    co_await self.have(1);
    self.acceptor.retire(1h);
    co_await tests::several_turns(self.loop);
    self.stop();
  });
}

TEST_CASE("a new listener holds for the connections that come after it", "[acceptor]") {
  Accepting accepting(1);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(3);
    co_await self.have(1);
    self.acceptor.apply(self.make(1, AtLimit::refuse));
    co_await self.have(3);
    CHECK(self.taken.front().listener->settings.limits.at_limit == AtLimit::wait);
    CHECK(self.taken.back().refused);
    self.stop();
  });
}
