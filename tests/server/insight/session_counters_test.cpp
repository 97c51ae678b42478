#include "server/insight/session_counters.hpp"

#include "server/insight/listener_book.hpp"
#include "tests/catch.hpp"

using namespace server::insight;
using namespace std::chrono_literals;

namespace {

struct Counted {
  Counted() {
    events.subscribe(first);
    others.subscribe(second);
  }
  ListenerFigures& listener(const std::string& name = "echo") { return *book.figures_of(name); }
  SessionInfo session(const std::string& name = "echo") { return {1, listener(name), peer}; }
  void start() { events.publish(&SessionSubscriber::started, session()); }
  void end(Cause cause) {
    events.publish(&SessionSubscriber::ended, SessionEnd{session(), 0, 0, 1s, cause, {}});
  }
  /// The value of the sample of `family` that has the label.
  std::uint64_t sample(const Family& family, const Label& label) {
    std::uint64_t value = 0;
    registry.visit([&](const Family& visited, std::span<const Sample> samples) {
      if (visited.name != family.name) return;
      for (const Sample& sample : samples) {
        for (const Label& each : sample.labels) value += each == label ? sample.value : 0;
      }
    });
    return value;
  }

  streams::Endpoint peer;
  Registry registry;
  ListenerBook book{registry, 2};
  SessionCounters first{0};
  SessionCounters second{1};
  SessionEvents events;  // the first worker's
  SessionEvents others;  // and the second's
};

}  // namespace

TEST_CASE("a session is active from its start to its end", "[session events]") {
  Counted counted;
  counted.start();
  counted.start();
  CHECK(counted.registry.value("connections_active") == 2);
  counted.end(Cause::done);
  CHECK(counted.registry.value("connections_active") == 1);
  CHECK(counted.registry.value("connections_total") == 2);
  CHECK(counted.registry.value("session_seconds") == 1);
}

TEST_CASE("each cause is counted by itself, and whose time was over as timed out",
          "[session events]") {
  Counted counted;
  for (std::size_t cause = 1; cause < cause_words.size(); ++cause) {
    counted.start();
    counted.end(static_cast<Cause>(cause));
    CHECK(counted.sample(families::sessions_ended, {"end", std::string(cause_words[cause])}) == 1);
  }
  // Idle, the first byte, a line, a stalled drain, a slow close, the whole session.
  CHECK(counted.registry.value("connections_timed_out_total") == 6);
  CHECK(counted.registry.value("connections_active") == 0);
}

TEST_CASE("refusals are counted by reason, failures by themselves", "[session events]") {
  Counted counted;
  using S = SessionSubscriber;
  const streams::Endpoint peer;
  counted.events.publish(&S::refused, counted.listener(), peer, Refusal::listener_full);
  counted.events.publish(&S::failed, &counted.listener(), std::uint64_t{1}, "no memory");
  counted.events.publish(&S::failed, &counted.listener(), std::uint64_t{2}, "no memory");
  counted.events.publish(&S::failed, nullptr, std::uint64_t{3}, "of the daemon's own business");
  CHECK(counted.sample(families::connections_refused, {"reason", "listener-full"}) == 1);
  CHECK(counted.sample(families::connections_refused, {"reason", "server-full"}) == 0);
  CHECK(counted.registry.value("connections_failed_total") == 2);
  CHECK(counted.registry.value("connections_total") == 0);
}

TEST_CASE("what the workers count of a listener is one figure, of another's another",
          "[session events]") {
  Counted counted;
  counted.events.publish(&SessionSubscriber::started, counted.session("echo"));
  counted.others.publish(&SessionSubscriber::started, counted.session("echo"));
  counted.others.publish(&SessionSubscriber::started, counted.session("line"));
  CHECK(counted.sample(families::connections, {"listener", "echo"}) == 2);
  CHECK(counted.sample(families::connections, {"listener", "line"}) == 1);
}

TEST_CASE("who waits for a slow client is counted until it goes on or ends", "[session events]") {
  Counted counted;
  using S = SessionSubscriber;
  const auto stalled = [&counted] { return counted.registry.value("sessions_stalled"); };
  counted.events.publish(&S::stalled, counted.session());
  counted.others.publish(&S::stalled, counted.session());
  CHECK(stalled() == 2);
  counted.events.publish(&S::drained, counted.session(), 5ms);
  CHECK(stalled() == 1);
  SessionEnd end{counted.session(), 0, 0, 1s, Cause::done, {}};
  counted.others.publish(&S::ended, end);
  CHECK(stalled() == 1);
  end.was_stalled = true;
  counted.others.publish(&S::ended, end);
  CHECK(stalled() == 0);
}

TEST_CASE("what is measured goes into the histograms", "[session events]") {
  Counted counted;
  using S = SessionSubscriber;
  counted.events.publish(&S::first_byte, counted.session(), 5ms);
  counted.events.publish(&S::drained, counted.session(), 5ms);
  SessionEnd end{counted.session(), 0, 0, 1s, Cause::done, {}, {}, 7ms, false, {}};
  end.network.emplace().rtt = 3ms;
  counted.events.publish(&S::ended, end);
  for (const char* const name : {"first_byte_seconds", "drain_seconds", "high_water_seconds",
                                 "tcp_rtt_seconds", "tcp_retransmitted_segments"}) {
    INFO(name);
    CHECK(counted.registry.value(name) == 1);
  }
  // Not measured yet.
  CHECK(counted.registry.value("tcp_min_rtt_seconds") == 0);
}
