#include "server/insight/session_log.hpp"

#include <cerrno>

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
    const SessionEnd end{1,
                         "echo",
                         peer,
                         0,
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
    subscriber.ended(
        {1, "line", peer, 0, 0, {}, Cause::connection_error, streams::Error::incomplete_read});
    subscriber.ended({2, "line", peer, 0, 0, {}, Cause::sent_too_much, {}});
  }
  const std::vector<std::string> lines = output.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with(" end=\"the stream ended before all was read\""));
  CHECK(lines[1].ends_with(" end=sent-too-much"));
}
