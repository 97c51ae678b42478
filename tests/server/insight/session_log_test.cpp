#include "server/insight/session_log.hpp"

#include <cerrno>

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
    const SessionEnd end{1, "echo", peer, 0, 0, {}, Cause::connection_error, ECONNRESET};
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
