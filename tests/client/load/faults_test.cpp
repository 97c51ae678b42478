// Requests that go wrong on their way, on purpose.
#include <string>
#include <vector>

#include "client/load/run.hpp"
#include "streams/faults/plan.hpp"
#include "tests/client/load/service.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::load::ErrorKind;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

/// What each connection but the preflight's had sent, and how it ended.
struct Seen {
  std::string bytes;
  std::error_code end;
};
std::vector<Seen> seen;

/// Answers what comes, and notes it.
Task<void> echo(EventLoop&, Connection& connection, std::size_t number) {
  Seen here;
  for (;;) {
    const Chunk chunk = co_await connection.reader().read(4096);
    if (!chunk) {
      here.end = chunk.ec;
      break;
    }
    here.bytes += chunk.data;
    connection.writer().write(chunk.data);
  }
  if (number != 0) seen.push_back(here);
}

Results run_with(const std::vector<std::string>& texts, Plan plan) {
  seen.clear();
  const faults::ParsedPlan parsed = faults::parse_plan(texts);
  REQUIRE(parsed.error == "");
  plan.faults = parsed.plan;
  return load(plan, echo).results;
}

}  // namespace

TEST_CASE("a byte that is corrupted on its way comes back wrong") {
  const Results results =
      run_with({"corrupt xor 1 at byte 100 for every 1st connection"}, plan_of(3));
  CHECK(seen.size() >= 2);
  CHECK(results.total.answered == 2);
  CHECK(results.total.errors[ErrorKind::mismatch] == 1);
}

TEST_CASE("each request is delayed and cut in pieces, and all are answered") {
  Plan plan = plan_of(5);
  const Results results = run_with({"delay 20ms every line of output", "slice 7"}, plan);
  CHECK(results.total.answered == 5);
  CHECK(results.total.service.min() >= 20ms);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].bytes.size() == 5 * 64);
  CHECK(seen[0].end == streams::Error::end_of_stream);
}

TEST_CASE("a connection that a fault resets or ends is made anew, and its request is abandoned") {
  struct Row {
    std::string fault;
    bool is_reset;
  };
  const Row rows[] = {
      {"reset at byte 100", true}, {"fin at byte 100", false}, {"half-close at byte 100", false}};
  for (const auto& [fault, is_reset] : rows) {
    CAPTURE(fault);
    const Results results = run_with({fault}, plan_of(6));
    REQUIRE(seen.size() >= 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(seen[i].bytes.size() == 100);
      CHECK((seen[i].end == std::errc::connection_reset) == is_reset);
      CHECK((seen[i].end == streams::Error::end_of_stream) == !is_reset);
    }
    CHECK(results.total.answered == 3);
    CHECK(results.total.errors[ErrorKind::abandoned] == 3);
  }
}

TEST_CASE("with churn each connection draws anew, by its number") {
  Plan plan = plan_of(8);
  plan.churn = 1;
  const Results results = run_with({"fin at byte 10 for every 2nd connection"}, plan);
  CHECK(results.total.answered == 4);
  CHECK(results.total.errors[ErrorKind::abandoned] == 4);
}
