// The parts of a request's time, and what the kernel tells of the network.
#include <algorithm>
#include <functional>

#include "client/load/run.hpp"
#include "streams/sleep.hpp"
#include "tests/client/load/service.hpp"

using namespace std::chrono_literals;
using namespace tests;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

/// Half of a reply 10 ms after its request, the other half 20 ms later; every fourth at once.
Task<void> in_two_pieces(EventLoop& loop, Connection& connection, std::size_t) {
  for (int i = 0;; ++i) {
    const Chunk chunk = co_await connection.reader().readexactly(64);
    if (!chunk) co_return;
    const std::string message(chunk.data);
    if (i % 4 == 3) {
      connection.writer().write(message);
      continue;
    }
    const auto before = 10ms;
    if (co_await streams::sleep_for(loop, before)) co_return;
    connection.writer().write(message.substr(0, 32));
    const auto between = 20ms;
    if (co_await streams::sleep_for(loop, between)) co_return;
    connection.writer().write(message.substr(32));
  }
}

Task<void> three_lines(EventLoop&, Connection& connection, std::size_t) {
  while (const Chunk line = co_await connection.reader().readline())
    connection.writer().write("*2\r\n+a\r\n+b\r\n");
}

}  // namespace

TEST_CASE("the first byte of a reply in pieces has a time of its own, among those of all replies") {
  const auto [results, accepted] = load(plan_of(40, 2), in_two_pieces);
  REQUIRE(results.total.answered == 40);
  CHECK(results.first_byte.count() == 40);
  CHECK(results.first_byte.percentile(50) >= 10ms);
  CHECK(results.total.service.percentile(50) >= 30ms);
  CHECK(results.total.service.percentile(50) >= results.first_byte.percentile(50) + 15ms);
  // A quarter came at once, and is the same in both; the others take 30 ms at the least.
  const auto at_once = client::measure::Histogram::slot_of(30ms);
  CHECK(std::ranges::equal(results.total.service.counts().first(at_once),
                           results.first_byte.counts().first(at_once), std::ranges::less_equal()));
}

TEST_CASE("replies in one piece have no parts") {
  const auto [results, accepted] = load(plan_of(40, 2), echo);
  CHECK(results.first_byte.empty());
}

TEST_CASE("a reply of several lines that come at once is in one piece, however it is judged") {
  Plan plan = plan_of(40, 2);
  plan.protocol = &client::load::line_protocol;
  plan.payload.lines = {client::load::PlannedLine("LIST")};
  plan.payload.lines.front().pattern = GENERATE("", "b$");
  const auto [results, accepted] = load(plan, three_lines);
  CHECK(results.total.answered == 40);
  CHECK(results.first_byte.empty());
}

TEST_CASE("the kernel is asked about each connection at its end, and with churn about some") {
  Plan plan = plan_of(200, 4);
  const auto [results, accepted] = load(plan, echo);
  CHECK(results.network.rtt.count() == 4);
  CHECK(results.network.rtt.min() >= results.network.min_rtt);
  CHECK(results.network.min_rtt > 0ns);
  CHECK(results.network.segments_sent >= 200);
  CHECK(results.network.retransmits <= results.network.segments_sent);

  plan.churn = 1;
  const auto [churned, connections] = load(plan, echo);
  CHECK(churned.network.rtt.count() >= 1);
  CHECK(churned.network.rtt.count() < 200);
}
