#include "server/insight/session_counters.hpp"

#include "tests/catch.hpp"

using server::insight::Cause;
using server::insight::Registry;
using server::insight::SessionCounters;
using server::insight::SessionEnd;
using server::insight::SessionEvents;

namespace {

struct Counted {
  Counted() {
    events.subscribe(counters);
    counters.add_to(registry);
  }
  void end(Cause cause) {
    events.ended({1, "echo", peer, 0, 0, std::chrono::seconds{1}, cause, {}});
  }

  streams::Endpoint peer;
  SessionCounters counters;
  SessionEvents events;
  Registry registry;
};

}  // namespace

TEST_CASE("a session is active from its start to its end", "[session events]") {
  Counted counted;
  counted.events.started();
  counted.events.started();
  CHECK(counted.registry.value("connections_active") == 2);
  counted.end(Cause::done);
  CHECK(counted.registry.value("connections_active") == 1);
  CHECK(counted.registry.value("connections_total") == 2);
}

TEST_CASE("who was idle is counted as timed out, and nobody else", "[session events]") {
  Counted counted;
  for (int cause = 0; cause <= static_cast<int>(Cause::exception); ++cause) {
    counted.events.started();
    counted.end(static_cast<Cause>(cause));
  }
  CHECK(counted.registry.value("connections_timed_out_total") == 1);
  CHECK(counted.registry.value("connections_active") == 0);
}

TEST_CASE("refusals and failures have counters of their own", "[session events]") {
  Counted counted;
  counted.events.refused();
  counted.events.failed(1, "no memory");
  counted.events.failed(2, "no memory");
  CHECK(counted.registry.value("connections_refused_total") == 1);
  CHECK(counted.registry.value("connections_failed_total") == 2);
  CHECK(counted.registry.value("connections_total") == 0);
}

TEST_CASE("every subscriber hears of every event", "[session events]") {
  SessionCounters first;
  SessionCounters second;
  Registry registry;
  first.add_to(registry);
  second.add_to(registry);
  SessionEvents events;
  events.subscribe(first);
  events.subscribe(second);
  events.started();
  CHECK(registry.value("connections_total") == 2);
}
