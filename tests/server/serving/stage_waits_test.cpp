// A Stage with faults whose peer does not read: nothing but the peer waits for it.
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "server/serving/session.hpp"
#include "streams/faults/grammar.hpp"
#include "streams/faults/plan.hpp"
#include "tests/server/serving/one_session.hpp"
#include "tests/streams/run.hpp"

using server::insight::Cause;
using server::protocols::AdminHost;
using tests::Served;
using namespace std::chrono_literals;

namespace {

/// One whose patience with a peer is short.
config::Listener impatient(const std::string& protocol, const std::vector<std::string>& plan) {
  config::Limits limits;
  limits.close_timeout = 20ms;
  config::Listener settings = tests::settings(protocol, limits);
  settings.plan = faults::parse_plan(plan).plan;
  return settings;
}

constexpr faults::Identity client{7, 1, 1};

}  // namespace

TEST_CASE("a fault that is new is seen while the output waits for its peer", "[stage]") {
  Served served(impatient("chargen", {"reset after 24h"}), client);
  served.sessions.measures = true;
  served.run([](Served& self) -> streams::Task<void> {
    co_await tests::until(self.loop, [&self] { return self.events.stalls != 0; });
    const faults::Fault reset = faults::parse("reset after 10ms").fault;
    CHECK(self.sessions.order_fault(1, AdminHost::FaultOrder(reset)).refusal.empty());
    co_await self.ended();
  });
  CHECK(served.events.causes == std::vector{Cause::fault});
  CHECK(served.events.faults_met == "reset@time:10ms");
}

TEST_CASE("what is placed by time happens while urgent data waits for room", "[stage]") {
  Served served(impatient("chargen", {"urgent after 30ms", "reset after 60ms"}), client);
  served.run([](Served& self) -> streams::Task<void> { co_await self.ended(); });
  CHECK(served.events.causes == std::vector{Cause::fault});
  CHECK(served.events.faults_met == "urgent@time:30ms reset@time:60ms");
}

TEST_CASE("a peer that takes nothing is given up once the protocol has left", "[stage]") {
  Served served(impatient("daytime", {"insert 16MiB at byte 0"}), client);
  served.run([](Served& self) -> streams::Task<void> {
    co_await self.ended();
    self.peer->receive();
    CHECK(self.peer->error() == ECONNRESET);
  });
  CHECK(served.events.causes == std::vector{Cause::unacknowledged});
}
