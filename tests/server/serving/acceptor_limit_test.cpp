#include <csignal>
#include <string>
#include <vector>

#include "server/serving/acceptor.hpp"
#include "tests/server/serving/one_acceptor.hpp"

using config::AtLimit;
using tests::Accepting;

TEST_CASE(
    "a limit is reached when the last place is taken, and left when one is free that nobody "
    "waits for",
    "[acceptor]") {
  Accepting accepting(2);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(1);
    co_await self.have(1);
    CHECK(self.events.limits.empty());
    self.connect(2);
    co_await self.have(2);
    CHECK(self.events.limits == std::vector<std::string>{"reached listener-full"});
    // One leaves and the third takes its place.
    self.taken.pop_back();
    co_await self.have(2);
    CHECK(self.events.limits.size() == 1);
    self.taken.pop_back();
    co_await tests::several_turns(self.loop);
    CHECK(self.events.limits == std::vector<std::string>{"reached listener-full", "left"});
    self.stop();
  });
  CHECK(accepting.figures->acceptor().limit_time.value() > 0);
}

TEST_CASE("a measuring acceptor counts its time at the limit, and tells who waits", "[acceptor]") {
  Accepting accepting(1);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(4);
    co_await self.have(1);
    self.acceptor.measure();
    server::insight::AcceptorBlock& block = self.figures->acceptor();
    CHECK(block.waiting.value() == 3);
    CHECK(block.backlog.value() == 100);
    const std::uint64_t so_far = block.limit_time.value();
    co_await tests::until(self.loop, [&] {
      self.acceptor.measure();
      return block.limit_time.value() > so_far;
    });
    self.stop(SIGTERM);
  });
}

TEST_CASE("a full listener that becomes the daemon's own has left its limit", "[acceptor]") {
  Accepting accepting(1);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(1);
    co_await self.have(1);
    co_await tests::until(self.loop, [&self] { return !self.events.limits.empty(); });
    self.acceptor.apply(self.make_own());
    CHECK(self.events.limits == std::vector<std::string>{"reached listener-full", "left"});
    self.connect(1);
    co_await self.have(2);
    self.stop();
  });
}

TEST_CASE("a reload leaves a full listener at its limit", "[acceptor]") {
  Accepting accepting(1);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(2);
    co_await self.have(1);
    self.acceptor.apply(self.make(1, AtLimit::wait));
    co_await self.have(1);
    CHECK(self.events.limits == std::vector<std::string>{"reached listener-full"});
    self.stop();
  });
}

TEST_CASE("a listener that refuses is at its limit until it has a place again", "[acceptor]") {
  Accepting accepting(1, AtLimit::refuse);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.connect(1);
    co_await self.have(1);
    for (std::size_t refused = 1; refused <= 3; ++refused) {
      self.connect(1);
      co_await self.have(1 + refused);
    }
    CHECK(self.events.limits == std::vector<std::string>{"reached listener-full"});
    self.acceptor.measure();
    CHECK(self.events.limits.size() == 1);
    self.taken.clear();
    self.acceptor.measure();
    CHECK(self.events.limits == std::vector<std::string>{"reached listener-full", "left"});
    self.stop();
  });
}
