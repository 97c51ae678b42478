// What is measured of a session, and that nothing is where nobody asked for it.
#include <string>
#include <vector>

#include "tests/server/serving/one_session.hpp"

using server::insight::Cause;
using tests::Served;
using namespace std::chrono_literals;

namespace {

using Counts = std::vector<std::uint64_t>;

/// How many values a histogram counted.
template <class Histogram>
std::uint64_t count(const Histogram& histogram) {
  std::uint64_t count = 0;
  for (const streams::Counter& bucket : histogram.parts().buckets) count += bucket.value();
  return count;
}

streams::Task<void> exchange(Served& self, std::string text) {
  self.peer->send(text);
  std::string got;
  co_await tests::until(self.loop, [&] { return (got += self.peer->receive()) == text; });
}

}  // namespace

TEST_CASE("a session counts its bytes with its listener", "[session measured]") {
  Served served("echo");
  served.run([](Served& self) -> streams::Task<void> {
    co_await exchange(self, "hello");
    self.peer->shutdown_send();
    co_await self.ended();
  });
  const streams::Traffic& traffic = (*served.listener).figures->of_worker(0).traffic;
  CHECK(traffic.received.value() == 5);
  CHECK(traffic.sent.value() == 5);
}

TEST_CASE("the time to the first byte is measured once, whenever that comes",
          "[session measured]") {
  Served served("echo");
  served.sessions.measures = true;
  const bool at_once = GENERATE(false, true);
  if (at_once) served.peer->send("hello");
  served.run([](Served& self) -> streams::Task<void> {
    co_await tests::several_turns(self.loop);
    self.peer->receive();
    co_await exchange(self, "again");
    co_await exchange(self, "and again");
    self.peer->shutdown_send();
    co_await self.ended();
  });
  REQUIRE(served.events.first_bytes.size() == 1);
  CHECK((served.events.first_bytes[0].count() == 0) == at_once);
}

TEST_CASE("a peer that says nothing has no first byte", "[session measured]") {
  Served served("echo");
  served.sessions.measures = true;
  served.run([](Served& self) -> streams::Task<void> {
    co_await tests::several_turns(self.loop);
    self.peer->shutdown_send();
    co_await self.ended();
  });
  CHECK(served.events.first_bytes.empty());
}

TEST_CASE("a peer that does not read is a stall, and goes on, and its time is summed up",
          "[session measured]") {
  config::Limits limits;
  limits.high_water = 4096;
  limits.low_water = 1024;
  Served served("chargen", limits);
  served.sessions.measures = true;
  served.run([](Served& self) -> streams::Task<void> {
    for (int round = 1; round <= 2; ++round) {
      co_await tests::until(self.loop, [&] { return self.events.stalls == round; });
      co_await tests::until(self.loop, [&] {
        self.peer->receive();
        return self.events.drains >= round;
      });
    }
    self.peer->reset();
    co_await self.ended();
  });
  CHECK(served.events.above_high_water > 0us);
}

TEST_CASE("what the kernel knows of the network is told when the socket is closed",
          "[session measured]") {
  Served served("echo");
  served.sessions.measures = true;
  served.run([](Served& self) -> streams::Task<void> {
    co_await exchange(self, "hello");
    self.peer->shutdown_send();
    co_await self.ended();
  });
  REQUIRE(served.events.networks.size() == 1);
  REQUIRE(served.events.networks[0].has_value());
  CHECK(served.events.networks[0]->rtt > 0us);
  CHECK(served.sessions.networks.empty());
}

TEST_CASE("a living session's network is looked at when the worker does", "[session measured]") {
  Served served("echo");
  served.sessions.measures = true;
  served.run([](Served& self) -> streams::Task<void> {
    co_await exchange(self, "hello");
    self.each([](server::serving::Session& session) { session.measure_network(); });
    self.peer->shutdown_send();
    co_await self.ended();
  });
  const auto& block = (*served.listener).figures->of_worker(0);
  CHECK(count(block.rtt) == 1);
  // Only of sessions that have ended, which nobody counts here.
  CHECK(count(block.retransmits) == 0);
}

TEST_CASE("where nothing is measured nothing is told", "[session measured]") {
  config::Limits limits;
  limits.high_water = 4096;
  limits.low_water = 1024;
  Served served("chargen", limits);
  served.run([](Served& self) -> streams::Task<void> {
    self.peer->send("hello");
    co_await tests::several_turns(self.loop);
    self.each([](server::serving::Session& session) { session.measure_network(); });
    self.peer->reset();
    co_await self.ended();
  });
  CHECK(served.events.first_bytes.empty());
  CHECK(served.events.stalls == 0);
  CHECK_FALSE(served.events.networks[0].has_value());
  CHECK(count((*served.listener).figures->of_worker(0).rtt) == 0);
}
