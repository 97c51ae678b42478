#include <optional>

#include "streams/text/network.hpp"
#include "tests/server/serving/one_acceptor.hpp"

using server::serving::Listener;
using tests::Accepting;

namespace {

/// With a fault, for all that come from 127.0.0.0/8.
std::unique_ptr<const Listener> faulty(Accepting& accepting,
                                       std::optional<faults::Identity> replay = std::nullopt) {
  config::Listener settings = tests::settings("line");
  settings.plan = faults::parse_plan("fin").plan;
  settings.fault_seed = 7;
  settings.fault_sources = text::NetworkSet({text::parse_network("127.0.0.0/8").value});
  settings.replay = replay;
  return std::make_unique<Listener>(
      settings, *server::protocols::find_protocol("line"),
      server::protocols::Context{"0", {}, accepting.stats, std::chrono::system_clock::now},
      accepting.figures);
}

}  // namespace

TEST_CASE("connections that faults are for are numbered, from the listener's seed", "[faults]") {
  Accepting accepting(1000);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.acceptor.apply(faulty(self));
    self.connect(2);
    co_await self.have(2);
    CHECK(self.taken[0].faulty == faults::Identity{7, 1, 1});
    CHECK(self.taken[1].faulty == faults::Identity{7, 2, 2});
    self.stop();
  });
}

TEST_CASE("where one connection's faults are replayed every connection is that one", "[faults]") {
  Accepting accepting(1000);
  accepting.run([](Accepting& self) -> streams::Task<void> {
    self.acceptor.apply(faulty(self, faults::Identity{9, 12, 3}));
    self.connect(2);
    co_await self.have(2);
    for (const auto& one : self.taken) CHECK(one.faulty == faults::Identity{9, 12, 3});
    // It is none of those that are counted.
    self.acceptor.apply(faulty(self));
    self.connect(1);
    co_await self.have(3);
    CHECK(self.taken[2].faulty == faults::Identity{7, 1, 1});
    self.stop();
  });
}
