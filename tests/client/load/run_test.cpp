#include "client/load/run.hpp"

#include <csignal>
#include <vector>

#include "streams/sleep.hpp"
#include "tests/client/load/service.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::load::ErrorKind;
using client::load::Figures;
using client::load::PlannedLine;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

Task<void> close_after_three(EventLoop&, Connection& connection, std::size_t) {
  for (int i = 0; i < 3; ++i) {
    const Chunk chunk = co_await connection.reader().readexactly(64);
    if (!chunk) co_return;
    connection.writer().write(chunk.data);
    if (co_await connection.writer().drain()) co_return;
  }
  // The fourth is left unanswered.
  co_await connection.reader().readexactly(64);
  connection.writer().close();
  co_await connection.writer().wait_closed();
}

Task<void> reset_the_second(EventLoop& loop, Connection& connection, std::size_t number) {
  if (number != 1) {
    auto served = echo(loop, connection, number);
    co_await std::move(served);
    co_return;
  }
  const Chunk chunk = co_await connection.reader().readexactly(64);
  if (chunk) connection.writer().abort();
}

Task<void> no_answer(EventLoop&, Connection& connection, std::size_t) {
  while (const Chunk chunk = co_await connection.reader().read(65536)) {
  }
}

Task<void> in_two_pieces(EventLoop& loop, Connection& connection, std::size_t) {
  for (std::size_t split = 1;; split = split % 63 + 1) {
    const Chunk chunk = co_await connection.reader().readexactly(64);
    if (!chunk) co_return;
    const std::string message(chunk.data);
    connection.writer().write(message.substr(0, split));
    co_await turn(loop);
    connection.writer().write(message.substr(split));
    co_await turn(loop);
  }
}

Task<void> pong(EventLoop&, Connection& connection, std::size_t) {
  while (const Chunk line = co_await connection.reader().readline())
    connection.writer().write("+PONG\r\n");
}

Task<void> refuse_lines(EventLoop&, Connection& connection, std::size_t) {
  while (const Chunk line = co_await connection.reader().readline())
    connection.writer().write("-ERR no\r\n");
}

struct Intervals final : client::load::Observer {
  void started() override { ++starts; }
  void interval(const Figures& figures) override {
    requests += figures.answered;
    bytes_sent += figures.bytes_sent;
    service += figures.service.count();
    starts_and_lengths.emplace_back(figures.start, figures.length);
  }
  int starts = 0;
  std::uint64_t requests = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t service = 0;
  std::vector<std::pair<client::load::Duration, client::load::Duration>> starts_and_lengths;
};

}  // namespace

TEST_CASE("a number of requests is sent exactly, by any number of threads") {
  for (const std::size_t threads : {1U, 2U, 3U}) {
    CAPTURE(threads);
    Plan plan = plan_of(1000, 7);
    plan.threads = threads;
    const auto [results, accepted] = load(plan, echo);
    CHECK(results.total.answered == 1000);
    CHECK(results.total.bytes_sent == 64 * 1000);
    CHECK(results.total.bytes_received == 64 * 1000);
    CHECK(results.total.errors.total() == 0);
    CHECK(results.total.service.count() == 1000);
    CHECK(results.total.response.empty());
    CHECK(results.total.connections_opened == 7);
    CHECK(results.connect.count() == 7);
    CHECK(results.health.threads.size() == threads);
    CHECK(accepted == 8);
  }
}

TEST_CASE("fewer requests than connections leave some with none") {
  const auto [results, accepted] = load(plan_of(3, 10), echo);
  CHECK(results.total.answered == 3);
  CHECK(results.total.errors.total() == 0);
}

TEST_CASE("a pipeline has many requests under way and all are answered") {
  Plan plan = plan_of(5000, 3);
  plan.pipeline = 50;
  const auto [results, accepted] = load(plan, echo);
  CHECK(results.total.answered == 5000);
  CHECK(results.total.errors.total() == 0);
}

TEST_CASE("messages of many sizes, and larger than any buffer, are verified in pieces") {
  Plan plan = plan_of(200, 2);
  plan.pipeline = 3;
  plan.payload.min_size = 1;
  plan.payload.max_size = 300'000;
  const auto [results, accepted] = load(plan, echo);
  CHECK(results.total.answered == 200);
  CHECK(results.total.errors.total() == 0);
}

TEST_CASE("a reply is verified wherever its bytes are cut") {
  const auto [results, accepted] = load(plan_of(63), in_two_pieces);
  CHECK(results.total.answered == 63);
  CHECK(results.total.errors.total() == 0);
}

TEST_CASE("lines are answered by lines: what ECHO says, and any other that is no error") {
  Plan plan = plan_of(100, 2);
  plan.protocol = &client::load::line_protocol;
  plan.payload.lines = {PlannedLine("PING {seq}")};
  plan.pipeline = 5;
  const auto [results, accepted] = load(plan, pong);
  CHECK(results.total.answered == 100);
  CHECK(results.total.errors.total() == 0);
}

TEST_CASE("a line that is an error counts as one, with its words") {
  Plan plan = plan_of(10);
  plan.protocol = &client::load::line_protocol;
  plan.payload.lines = {PlannedLine("FOO")};
  const auto [results, accepted] = load(plan, refuse_lines);
  CHECK(results.total.answered == 0);
  CHECK(results.total.errors[ErrorKind::other] == 10);
  CHECK(results.error_examples[static_cast<std::size_t>(ErrorKind::other)] ==
        "the service answered -ERR no");
}

TEST_CASE("a connection that was closed reconnects, and what was unanswered is an error") {
  const auto [results, accepted] = load(plan_of(20), close_after_three);
  CHECK(results.total.answered == 15);
  CHECK(results.total.errors[ErrorKind::closed] == 5);
  CHECK(results.total.errors.total() == 5);
  CHECK(results.total.connections_opened == accepted - 1);
  CHECK(accepted >= 1 + 5);
}

TEST_CASE("a connection that was reset reconnects, and the run goes on") {
  const auto [results, accepted] = load(plan_of(20), reset_the_second);
  CHECK(results.total.answered == 19);
  CHECK(results.total.errors[ErrorKind::reset] == 1);
  CHECK(results.total.errors.total() == 1);
  CHECK(accepted == 1 + 2);
}

TEST_CASE("what is not answered in time is an error of its own kind") {
  Plan plan = plan_of(4, 2);
  plan.pipeline = 2;
  plan.reply_timeout = 50ms;
  const auto [results, accepted] = load(plan, no_answer);
  CHECK(results.total.answered == 0);
  CHECK(results.total.errors[ErrorKind::timeout] == 4);
  CHECK(results.total.errors.total() == 4);
}

TEST_CASE("churn makes a connection for each exchange and counts the time of each") {
  Plan plan = plan_of(200, 5);
  plan.churn = 1;
  const auto [results, accepted] = load(plan, echo);
  CHECK(results.total.answered == 200);
  CHECK(results.total.errors.total() == 0);
  CHECK(results.total.connections_opened == 200);
  CHECK(results.connect.count() == 200);
  CHECK(accepted == 1 + 200);
}

TEST_CASE("the intervals add up to the whole, without gaps, and the warm-up is in neither") {
  const Watchdog watchdog(100);
  Plan plan = plan_of(0, 2);
  plan.requests.reset();
  plan.duration = 2200ms;
  plan.warmup = 300ms;
  plan.threads = 2;
  plan.stages = {{500, 500, 0s}};
  Intervals intervals;
  EventLoop loop;
  const auto [results, accepted] = loop.run(run_against(loop, plan, echo, intervals));
  CHECK(intervals.starts == 1);
  CHECK(intervals.starts_and_lengths.size() >= 2);
  CHECK(results.total.answered + results.total.unsent() == 1100);
  CHECK(intervals.requests == results.total.answered);
  CHECK(intervals.service == results.total.answered);
  CHECK(intervals.bytes_sent == results.total.bytes_sent);
  CHECK(results.total.length >= 2200ms);
  client::load::Duration end{0};
  for (const auto& [start, length] : intervals.starts_and_lengths) {
    CHECK(start == end);
    end = start + length;
  }
  CHECK(end == results.total.length);
}

TEST_CASE("an interrupt ends the run early, with what was done so far") {
  const Watchdog watchdog(100);
  struct Interrupting final : client::load::Observer {
    void interval(const Figures&) override {
      if (!std::exchange(done, true)) std::raise(SIGINT);
    }
    void stopping() override { told = true; }
    bool done = false;
    bool told = false;
  } observer;
  Plan plan = plan_of(0, 2);
  plan.requests.reset();
  plan.duration = 1h;
  EventLoop loop;
  const auto [results, accepted] = loop.run(run_against(loop, plan, echo, observer));
  CHECK(observer.told);
  CHECK(results.interrupted);
  CHECK(results.total.answered > 0);
  CHECK(results.total.errors.total() == 0);
  CHECK(results.total.length < 1h);
}
