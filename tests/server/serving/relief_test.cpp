// Relief: sessions of one worker whose buffers take more than they may.
#include "tests/server/serving/relieved.hpp"

using server::insight::Cause;
using streams::Task;
using tests::Relieved;
using namespace std::chrono_literals;

TEST_CASE("unfinished lines that are too many together are told so and closed", "[relief]") {
  Relieved relieved(8 * tests::block);
  const auto steps = [](Relieved& self) -> Task<void> {
    co_await hold_unfinished_lines(self, 8);
    CHECK_FALSE(self.watched.budget.is_exhausted());
    co_await hold_unfinished_lines(self, 1);
    CHECK(self.watched.exhaustions == 1);
    self.relief.begin();
    co_await tests::several_turns(self.loop);
    CHECK(self.events.causes.empty());  // they have a moment
    co_await tests::until(self.loop, [&self] { return self.watched.reliefs == 1; });
    co_await tests::several_turns(self.loop);
    std::size_t told = 0;
    for (tests::Peer& peer : self.peers) {
      if (peer.receive() == "-ERR server is short of memory, try again later\r\n") ++told;
    }
    CHECK(told >= 5);
    CHECK(told <= 7);
    co_await tests::until(self.loop, [&] { return self.events.causes.size() >= told; });
    CHECK(self.events.causes == std::vector(told, Cause::max_memory));
    // Service as before: a line that was begun is ended and answered, and so is a new one.
    self.peers.front().send("NG\n");
    self.start().send("PING\n");
    co_await tests::several_turns(self.loop);
    CHECK(self.peers.front().receive() == "+PONG\r\n");
    CHECK(self.peers.back().receive() == "+PONG\r\n");
    co_await end(self);
  };
  tests::run(relieved.loop, steps(relieved));
}
