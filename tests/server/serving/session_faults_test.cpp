// What whoever administers asks of the faults of a living session.
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
using Answer = AdminHost::FaultAnswer;
using What = AdminHost::FaultOrder::What;

namespace {

/// With a fault that does nothing for as long as a test lasts.
config::Listener faulty(std::string protocol) {
  config::Listener settings = tests::settings(std::move(protocol));
  settings.plan = faults::parse_plan("reset after 24h").plan;
  return settings;
}

Answer add(Served& self, const std::string& text) {
  return self.sessions.order_fault(1, AdminHost::FaultOrder(faults::parse(text).fault));
}
std::string refusal(Served& self, const std::string& text) {
  const Answer answer = add(self, text);
  CHECK(answer.found == AdminHost::Found::yes);
  return answer.refusal;
}
/// Waits until the peer has had that.
streams::Task<void> receives(Served& self, std::string expected) {
  std::string got;
  co_await tests::until(self.loop, [&self, &got, &expected] {
    got += self.peer->receive();
    return got.size() >= expected.size();
  });
  CHECK(got == expected);
}
std::vector<std::string> shown(Served& self) {
  return self.sessions.order_fault(1, AdminHost::FaultOrder(What::show)).in_force;
}

}  // namespace

TEST_CASE("a fault that is ordered counts from where the session is", "[session]") {
  Served served(faulty("echo"), faults::Identity{7, 1, 1});
  served.run([](Served& self) -> streams::Task<void> {
    self.peer->send("abc");
    co_await receives(self, "abc");
    CHECK(refusal(self, "corrupt xor 1 at byte 1").empty());
    CHECK(shown(self) == std::vector<std::string>{"reset after 24h", "corrupt xor 1 at byte 1"});
    self.peer->send("abc");
    co_await receives(self, "acc");
    self.peer->shutdown_send();
    co_await self.ended();
  });
  CHECK(served.events.faults_met == "corrupt@output:4");
}

TEST_CASE("faults that are ended by order end at once, whatever waits", "[session]") {
  Served served(faulty("echo"), faults::Identity{7, 1, 1});
  served.run([](Served& self) -> streams::Task<void> {
    CHECK(refusal(self, "stall forever at byte 2").empty());
    self.peer->send("abc");
    co_await receives(self, "ab");
    const Answer answer = self.sessions.order_fault(1, AdminHost::FaultOrder(What::off));
    CHECK(answer.refusal.empty());
    CHECK(shown(self).empty());
    co_await receives(self, "c");
    self.peer->shutdown_send();
    co_await self.ended();
  });
}

TEST_CASE("a fault that is ordered wakes who waits for its client", "[session]") {
  Served served(faulty("discard"), faults::Identity{7, 1, 1});
  served.run([](Served& self) -> streams::Task<void> {
    co_await tests::several_turns(self.loop);
    CHECK(refusal(self, "reset at byte 0 of input").empty());
    co_await self.ended();
  });
  CHECK(served.events.causes == std::vector{Cause::fault});
  CHECK(served.events.faults_met == "reset@input:0");
}

TEST_CASE("a session without faults says what it takes to have some", "[session]") {
  Served plain("echo");
  plain.run([](Served& self) -> streams::Task<void> {
    CHECK(refusal(self, "fin") ==
          "has no faults; give its listener \"echo\" faults and fault_sources, for the connections "
          "that come then");
    CHECK(self.sessions.order_fault(2, AdminHost::FaultOrder(What::show)).found ==
          AdminHost::Found::no);
    self.peer->close();
    co_await self.ended();
  });
  Served other(faulty("echo"), std::nullopt);
  other.run([](Served& self) -> streams::Task<void> {
    CHECK(refusal(self, "fin") ==
          "has no faults: its source is not in fault_sources of the listener \"echo\"");
    self.peer->close();
    co_await self.ended();
  });
}

TEST_CASE("what a protocol cannot have is refused, and what is too much", "[session]") {
  Served served(faulty("echo"), faults::Identity{7, 1, 1});
  served.run([](Served& self) -> streams::Task<void> {
    CHECK(refusal(self, "swallow-reply every line") ==
          "cannot have it: \"swallow-reply every line\" happens at a reply, and echo does not say "
          "where its replies end");
    for (std::size_t i = 1; i < faults::Plan::max_faults; ++i) {
      CHECK(refusal(self, "urgent after 24h").empty());
    }
    CHECK(refusal(self, "fin") == "has too many faults already; end them with FAULT 1 OFF");
    self.peer->close();
    co_await self.ended();
  });
}

TEST_CASE("a session that ends has no new faults, and says why", "[session]") {
  Served served(faulty("chargen"), faults::Identity{7, 1, 1});
  served.run([](Served& self) -> streams::Task<void> {
    // It has written more than its peer takes.
    co_await tests::several_turns(self.loop);
    self.each([](server::serving::Session& session) { session.end_by_order(false); });
    CHECK(refusal(self, "fin") == "is being ended (closed-by-order) and has no new faults");
    CHECK(self.sessions.order_fault(1, AdminHost::FaultOrder(What::off)).refusal.empty());
    co_await tests::until(self.loop, [&self] {
      self.peer->receive();
      return self.peer->has_ended();
    });
    CHECK(refusal(self, "fin") == "is being closed");
    self.peer->close();
    co_await self.ended();
  });
}
