// What the choice of a connection does to response times, against a service that keeps a log.
#include <algorithm>
#include <cmath>
#include <vector>

#include "client/load/run.hpp"
#include "streams/sleep.hpp"
#include "tests/client/load/service.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::load::Dispatch;
using client::load::Duration;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

using Clock = std::chrono::steady_clock;

/// How long each reply took, by the service's clock.
std::vector<Duration> took;
std::size_t busy = 0;  // connections with a request, now
std::size_t most_busy = 0;

/// 1 ms; a hundredth less a few, so that the percentile stands beside them, 50 ms.
Task<void> seldom_slow(EventLoop& loop, Connection& connection, std::size_t) {
  for (;;) {
    const Chunk chunk = co_await connection.reader().readexactly(64);
    if (!chunk) co_return;
    const std::string message(chunk.data);
    const auto came = Clock::now();
    most_busy = std::max(most_busy, ++busy);
    const auto until = came + (took.size() % 110 == 60 ? 50ms : 1ms);
    took.push_back(until - came);
    const std::error_code ec = co_await streams::sleep_until(loop, until);
    --busy;
    if (ec) co_return;
    connection.writer().write(message);
  }
}

Results run_with(Dispatch dispatch, Plan plan) {
  took.clear();
  busy = most_busy = 0;
  plan.requests.reset();
  plan.dispatch = dispatch;
  return load(plan, seldom_slow).results;
}

Plan a_thousand_a_second() {
  Plan plan = plan_of(0, 20);
  plan.duration = 1s;
  plan.stages = {{1000, 1000, 0s}};
  return plan;
}

Duration percentile_of_service(double percent) {
  std::sort(took.begin(), took.end());
  const auto rank = std::ceil(percent / 100 * static_cast<double>(took.size()));
  return took[static_cast<std::size_t>(rank) - 1];
}

bool within_a_tenth(Duration one, Duration other) {
  return static_cast<double>(std::abs((one - other).count())) <=
         0.1 * static_cast<double>(other.count());
}

}  // namespace

TEST_CASE("a slow reply holds up no request while a connection is free, unless it is bound",
          "[truth]") {
  // The machine has to let one of some runs be.
  bool is_as_the_service = false;
  for (int run = 0; run < 20 && !is_as_the_service; ++run) {
    const Results free = run_with(Dispatch::free, a_thousand_a_second());
    REQUIRE(free.total.failed() == 0);
    if (free.total.unsent() != 0) continue;
    REQUIRE(percentile_of_service(99) == 1ms);
    CHECK(most_busy > 1);
    const Duration response = free.total.response.percentile(99);
    is_as_the_service = within_a_tenth(response, free.total.service.percentile(99));
  }
  CHECK(is_as_the_service);

  const Results fixed = run_with(Dispatch::fixed, a_thousand_a_second());
  REQUIRE(percentile_of_service(99) == 1ms);
  CHECK(fixed.total.response.percentile(99) > 10ms);
}

TEST_CASE(
    "what waits for a connection is no lateness of the generator's, however it is dispatched") {
  for (const Dispatch dispatch : {Dispatch::free, Dispatch::fixed}) {
    Plan plan = a_thousand_a_second();
    plan.connections = 1;
    plan.duration = 300ms;
    const Results results = run_with(dispatch, plan);
    CHECK(results.total.offered == 300);
    CHECK(results.total.response.count() == 300);
    CHECK(results.health.lag.max() >= 40ms);
    CHECK(results.health.own_lag.count() == 300);
    CHECK(results.health.own_lag.percentile(50) < results.health.lag.percentile(50));
  }
}

TEST_CASE("requests beyond the depth of all connections go to whichever has room first") {
  Plan plan = a_thousand_a_second();
  plan.connections = 3;
  plan.threads = 2;
  plan.pipeline = 4;
  plan.duration = 500ms;
  const Results results = run_with(Dispatch::free, plan);
  CHECK(results.total.offered == 500);
  CHECK(results.total.offered == results.total.answered + results.total.unsent());
  CHECK(results.total.answered > 400);
}
