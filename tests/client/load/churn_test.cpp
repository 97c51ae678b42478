// Connections that end after a number of requests, and how they end.
#include <optional>
#include <vector>

#include "client/load/run.hpp"
#include "streams/sleep.hpp"
#include "tests/client/load/service.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::load::Close;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

/// What each connection had: its messages, and how it ended where the end of the test was not
/// first.
struct Ended {
  std::size_t messages = 0;
  std::optional<Close> how;
};
std::vector<Ended> ended;

Task<void> count_messages(EventLoop&, Connection& connection, std::size_t) {
  Ended end;
  for (;;) {
    const Chunk chunk = co_await connection.reader().readexactly(64);
    if (!chunk) {
      if (chunk.ec == std::errc::connection_reset) end.how = Close::reset;
      if (chunk.ec == streams::Error::incomplete_read) end.how = Close::fin;
      break;
    }
    ++end.messages;
    connection.writer().write(chunk.data);
  }
  if (end.messages != 0) ended.push_back(end);  // the first one is the preflight's
}

/// Closes after two replies, whatever is asked of it.
Task<void> closes_after_two(EventLoop&, Connection& connection, std::size_t) {
  for (int i = 0; i < 2; ++i) {
    const Chunk chunk = co_await connection.reader().readexactly(64);
    if (!chunk) co_return;
    connection.writer().write(chunk.data);
  }
}

Results run_with(Plan plan) {
  ended.clear();
  return load(plan, count_messages).results;
}

}  // namespace

TEST_CASE("churn closes a connection after so many requests, in both loops, at any depth") {
  for (const bool open_loop : {false, true}) {
    for (const std::size_t pipeline : {1U, 3U}) {
      CAPTURE(open_loop, pipeline);
      Plan plan = plan_of(120, 2);
      plan.churn = 6;
      plan.pipeline = pipeline;
      if (open_loop) plan.stages = {{2000, 2000, 0s}};
      const Results results = run_with(plan);
      CHECK(results.total.offered == 120);
      CHECK(results.total.answered == 120);
      CHECK(results.total.service.count() == 120);
      // Two connections, each of which may have some requests left at the end.
      CHECK(results.total.connections_opened >= 20);
      CHECK(results.total.connections_opened <= 21);
      CHECK(ended.size() == results.total.connections_opened);
      std::size_t full = 0;
      for (const Ended& end : ended) full += end.messages == 6 ? 1 : 0;
      CHECK(full >= 19);
    }
  }
}

TEST_CASE("connections end with FIN or with a reset, as the plan says") {
  for (const bool open_loop : {false, true}) {
    for (const std::uint64_t churn : {0U, 1U, 5U}) {
      for (const Close close : {Close::fin, Close::reset}) {
        CAPTURE(open_loop, churn, close);
        Plan plan = plan_of(40, 4);
        plan.churn = churn;
        plan.close = close;
        if (open_loop) plan.stages = {{2000, 2000, 0s}};
        const Results results = run_with(plan);
        CHECK(results.total.answered == 40);
        CHECK(results.total.errors.total() == 0);
        CHECK(results.other_errors.total() == 0);
        CHECK(ended.size() >= 4);
        for (const Ended& end : ended) CHECK(end.how.value_or(close) == close);
        if (churn != 0) CHECK(ended.front().how == close);
      }
    }
  }
}

TEST_CASE("a peer that closes a churned connection early, while it is idle, costs no request") {
  Plan plan = plan_of(30, 1);
  plan.churn = 10;
  plan.stages = {{200, 200, 0s}};
  const auto [results, accepted] = load(plan, closes_after_two);
  CHECK(results.total.offered == 30);
  CHECK(results.total.offered == results.total.answered + results.total.errors.total());
  CHECK(results.total.answered >= 15);
}
