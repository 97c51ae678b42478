#include "client/top/target_state.hpp"

#include <chrono>
#include <string>

#include "client/top/exposition.hpp"
#include "client/top/json_lines.hpp"
#include "tests/catch.hpp"

using namespace client::top;
using Kind = TargetState::Kind;

namespace {

Snapshot read(const std::string& text) { return snapshot_of(parse_exposition(text).samples); }

Tracker::Time at(int seconds) { return Tracker::Time(std::chrono::seconds(seconds)); }

}  // namespace

TEST_CASE("a target has rates from its second answer on, over the time between the two", "[top]") {
  Tracker tracker("a:1");
  CHECK(tracker.state().kind == Kind::unasked);
  tracker.answered(read("uptime_seconds 5\nbytes_sent_total 10\n"), at(0));
  CHECK(tracker.state().kind == Kind::up);
  CHECK_FALSE(tracker.state().interval);
  CHECK_FALSE(tracker.state().readings[Reading::sent]);
  tracker.answered(read("uptime_seconds 7\nbytes_sent_total 30\n"), at(2));
  CHECK(tracker.state().interval == 2);
  CHECK(tracker.state().readings[Reading::sent] == 10);
}

TEST_CASE("a target that was started again has no rates until the next answer", "[top]") {
  Tracker tracker("a:1");
  tracker.answered(read("uptime_seconds 5\nbytes_sent_total 1000\n"), at(0));
  tracker.answered(read("uptime_seconds 0\nbytes_sent_total 10\n"), at(1));
  CHECK(tracker.state().kind == Kind::restarted);
  CHECK_FALSE(tracker.state().readings[Reading::sent]);
  tracker.answered(read("uptime_seconds 1\nbytes_sent_total 14\n"), at(2));
  CHECK(tracker.state().kind == Kind::up);
  CHECK(tracker.state().readings[Reading::sent] == 4);
}

TEST_CASE("a failure shows nothing that was, and the next answer has rates over the gap", "[top]") {
  Tracker tracker("a:1");
  tracker.answered(read("uptime_seconds 5\nbytes_sent_total 10\n"), at(0));
  tracker.failed("no\nanswer");
  CHECK(tracker.state().kind == Kind::down);
  CHECK(tracker.state().error == "no\nanswer");
  CHECK_FALSE(tracker.state().uptime);
  tracker.answered(read("uptime_seconds 9\nbytes_sent_total 50\n"), at(4));
  CHECK(tracker.state().readings[Reading::sent] == 10);
  CHECK(tracker.state().error.empty());
}

TEST_CASE("a listener's rates are its own; a new one, or one that began anew, has none", "[top]") {
  Tracker tracker("a:1");
  const std::string name = "bytes_sent_total{listener=\"";
  tracker.answered(read("uptime_seconds 1\n" + name + "a\"} 5\n" + name + "b\"} 50\n"), at(0));
  tracker.answered(
      read("uptime_seconds 2\n" + name + "a\"} 7\n" + name + "b\"} 1\n" + name + "c\x1b\"} 9\n"),
      at(1));
  const auto& listeners = tracker.state().listeners;
  CHECK(listeners.at("a")[Reading::sent] == 2);
  CHECK_FALSE(listeners.at("b")[Reading::sent]);
  CHECK_FALSE(listeners.at("c\x1b")[Reading::sent]);
}

TEST_CASE("an object states its schema, and null for what is not told", "[top]") {
  Tracker tracker("a:1");
  tracker.failed("no \"answer\"");
  const std::string down = to_json(tracker.state(), "2026-01-31T12:00:00Z");
  CHECK(down.starts_with(R"({"schema": "echoline.top/1", "time": "2026-01-31T12:00:00Z")"));
  CHECK(down.find(R"("state": "down", "error": "no \"answer\"", "version": null)") !=
        std::string::npos);
  CHECK(down.find(R"("sent_bytes_per_s": null)") != std::string::npos);
  CHECK(down.find(R"("sessions_stalled": null)") != std::string::npos);
  CHECK(down.ends_with("\"listeners\": []}\n"));
  tracker.answered(read("connections_active{listener=\"e\"} 3\n"), at(1));
  const std::string up = to_json(tracker.state(), "");
  CHECK(up.find(R"("connections_active": 3,)") != std::string::npos);
  CHECK(up.find(R"("listeners": [{"listener": "e", "connections_active": 3,)") !=
        std::string::npos);
}
