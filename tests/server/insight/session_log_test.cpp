#include "server/insight/session_log.hpp"

#include <cerrno>

#include "streams/address.hpp"
#include "streams/error.hpp"
#include "tests/failing_allocation.hpp"
#include "tests/server/insight/stderr.hpp"

using namespace server::insight;

TEST_CASE("a session's line for which there is no memory is counted as lost", "[session_log]") {
  tests::Stderr output;
  {
    Log log({});
    SessionLog sessions(log);
    SessionSubscriber& subscriber = sessions;
    const streams::Endpoint peer;
    ListenerFigures listener("echo", 1);
    const SessionEnd end{{1, listener, peer},
                         1,
                         0,
                         {},
                         Cause::connection_error,
                         std::error_code(ECONNRESET, std::system_category())};
    {
      const tests::FailingAllocation failing(0);
      subscriber.ended(end);
      CHECK(tests::FailingAllocation::has_failed());
    }
    subscriber.ended(end);
  }
  const std::vector<std::string> lines = output.lines();
  REQUIRE(!lines.empty());
  CHECK(lines.front().find(" warning log-lines-dropped count=") != std::string::npos);
}

TEST_CASE("a session's error is told in the words of its own kind", "[session_log]") {
  tests::Stderr output;
  {
    Log log({});
    SessionLog sessions(log);
    SessionSubscriber& subscriber = sessions;
    const streams::Endpoint peer;
    ListenerFigures listener("line", 1);
    subscriber.ended(
        {{1, listener, peer}, 1, 0, {}, Cause::connection_error, streams::Error::incomplete_read});
    subscriber.ended({{2, listener, peer}, 0, 0, {}, Cause::sent_too_much, {}});
  }
  const std::vector<std::string> lines = output.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with(" end=\"the stream ended before all was read\""));
  CHECK(lines[1].ends_with(" end=sent-too-much"));
}

TEST_CASE("which sessions have a line is the listener's to say; at debug there are all",
          "[session_log]") {
  using config::LogSessions;
  struct Row {
    LogSessions log;
    Cause cause;
    std::uint64_t bytes;
    std::string level;
  };
  for (const Row& row : {
           Row{LogSessions::all, Cause::done, 1, "info"},
           Row{LogSessions::all, Cause::peer_closed, 1, "info"},
           Row{LogSessions::all, Cause::peer_closed, 0, "debug"},
           Row{LogSessions::all, Cause::shutdown, 0, "debug"},
           Row{LogSessions::all, Cause::idle, 0, "debug"},
           Row{LogSessions::all, Cause::first_byte_timeout, 0, "info"},
           Row{LogSessions::all, Cause::refused, 0, "info"},
           Row{LogSessions::all, Cause::connection_error, 0, "debug"},
           Row{LogSessions::all, Cause::connection_error, 1, "info"},
           Row{LogSessions::failed, Cause::connection_error, 0, "debug"},
           Row{LogSessions::failed, Cause::connection_error, 1, "info"},
           Row{LogSessions::failed, Cause::exception, 0, "info"},
           Row{LogSessions::failed, Cause::unacknowledged, 1, "info"},
           Row{LogSessions::failed, Cause::aborted, 1, "info"},
           Row{LogSessions::failed, Cause::done, 1, "debug"},
           Row{LogSessions::failed, Cause::idle, 1, "debug"},
           Row{LogSessions::failed, Cause::line_timeout, 1, "info"},
           Row{LogSessions::failed, Cause::drain_timeout, 1, "info"},
           Row{LogSessions::none, Cause::connection_error, 1, "debug"},
       }) {
    tests::Stderr output;
    {
      Log log({.level = Log::Level::debug});
      SessionLog sessions(log);
      SessionSubscriber& subscriber = sessions;
      const streams::Endpoint peer;
      ListenerFigures listener("echo", 1);
      subscriber.ended({{1, listener, peer}, row.bytes, 0, {}, row.cause, {}, row.log});
    }
    const std::vector<std::string> lines = output.lines();
    REQUIRE(lines.size() == 1);
    CAPTURE(lines[0]);
    CHECK(lines[0].find(" " + row.level + " session id=1 ") != std::string::npos);
  }
}

TEST_CASE("where it was measured, a session's line tells of the network", "[session_log]") {
  tests::Stderr output;
  {
    Log log({});
    SessionLog sessions(log);
    SessionSubscriber& subscriber = sessions;
    const streams::Endpoint peer;
    ListenerFigures listener("line", 1);
    SessionEnd end{{1, listener, peer}, 1, 1, {}, Cause::done, {}};
    streams::TcpInfo& network = end.network.emplace();
    network.rtt = std::chrono::microseconds{1500};
    network.min_rtt = std::chrono::microseconds{900};
    network.retransmits = 2;
    network.delivery_rate = 1'000'000;
    subscriber.ended(end);
  }
  const std::vector<std::string> lines = output.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].ends_with(
      " end=done rtt_us=1500 min_rtt_us=900 retransmits=2 delivery_rate=1000000"));
}

TEST_CASE("a limit is told when it is reached, and how long that was when it is left",
          "[session_log]") {
  tests::Stderr output;
  {
    Log log({});
    SessionLog sessions(log);
    SessionSubscriber& subscriber = sessions;
    ListenerFigures listener("line", 1);
    subscriber.limit_reached(listener, Refusal::server_full);
    subscriber.limit_left(listener, std::chrono::milliseconds{1500});
  }
  const std::vector<std::string> lines = output.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with(" warning limit-reached listener=line what=server-full"));
  CHECK(lines[1].ends_with(" info limit-left listener=line seconds=1.500"));
}

TEST_CASE("a session behind a proxy has the proxy beside its peer", "[session_log]") {
  tests::Stderr output;
  {
    Log log({});
    SessionLog sessions(log);
    SessionSubscriber& subscriber = sessions;
    const auto at = [](const char* address) {
      return streams::Endpoint::of_literal({address, 7}).value();
    };
    const streams::Endpoint client = at("203.0.113.7");
    const streams::Endpoint proxy = at("10.0.0.1");
    ListenerFigures listener("line", 1);
    SessionEnd end{{1, listener, client}, 40, 0, {}, Cause::peer_closed, {}};
    end.proxy = proxy;
    end.header = 28;
    subscriber.ended(end);
    // A health check, which said nothing behind the header.
    end.received = 28;
    subscriber.ended(end);
    subscriber.header_refused({2, listener, proxy}, "no header came");
  }
  const std::vector<std::string> lines = output.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find(" peer=203.0.113.7:7 proxy=10.0.0.1:7 received=40 ") != std::string::npos);
  CHECK(
      lines[1].ends_with(" warning proxy-header-refused id=2 listener=line peer=10.0.0.1:7 "
                         "what=\"no header came\""));
}

TEST_CASE("a session's line says what became of its faults, silent as its peer may have been",
          "[session_log]") {
  tests::Stderr output;
  {
    Log log({});
    SessionLog sessions(log);
    SessionSubscriber& subscriber = sessions;
    const streams::Endpoint peer;
    ListenerFigures listener("line", 1);
    SessionEnd end{{1, listener, peer}, 0, 0, {}, Cause::done, {}};
    end.faults = FaultsMet{{7, 3, 2}, "close@accept"};
    subscriber.ended(end);
    end.faults = FaultsMet{{7, 4, 1}, ""};
    subscriber.ended(end);
    end.received = 1;
    subscriber.ended(end);
  }
  const std::vector<std::string> lines = output.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with(" end=done seed=7 index=3 source_index=2 faults=close@accept"));
  CHECK(lines[1].ends_with(" seed=7 index=4 source_index=1 faults=\"\""));
}
