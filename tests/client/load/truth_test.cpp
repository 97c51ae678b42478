// Against services whose delays are known, the figures agree with arithmetic: never less than the
// truth, and, where the machine lets a run be (its own schedule lag says so), hardly more.
#include <algorithm>
#include <cmath>
#include <vector>

#include "client/load/run.hpp"
#include "streams/sleep.hpp"
#include "tests/client/load/service.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::load::Duration;
using client::measure::Histogram;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t runs_that_count = 5;
constexpr std::size_t most_runs = 20;
constexpr Duration noise = 1ms;

/// What the service did; its handlers are plain functions.
struct Truth {
  std::vector<Duration> delays;  // of each reply, from its request, by the service's clock
  Clock::time_point freeze_at = Clock::time_point::max();
  Clock::time_point frozen_until;
  Clock::time_point caught_up;  // when all that was held up was answered, within 10 ms
  std::uint64_t replies = 0;
};
Truth truth;

Task<void> reply_after(EventLoop& loop, Connection& connection, Duration delay) {
  const Chunk chunk = co_await connection.reader().readexactly(64);
  if (!chunk) co_return;
  const std::string message(chunk.data);
  const auto came = Clock::now();
  if (co_await streams::sleep_until(loop, came + delay)) co_return;
  truth.delays.push_back(Clock::now() - came);
  connection.writer().write(message);
}

Task<void> constant(EventLoop& loop, Connection& connection, std::size_t) {
  while (!connection.reader().at_eof() && !connection.writer().error()) {
    auto replying = reply_after(loop, connection, 10ms);
    co_await std::move(replying);
  }
}

/// Every fifth takes eight times as long.
Task<void> bimodal(EventLoop& loop, Connection& connection, std::size_t number) {
  for (std::size_t i = number; !connection.reader().at_eof() && !connection.writer().error(); ++i) {
    auto replying = reply_after(loop, connection, i % 5 == 0 ? 40ms : 5ms);
    co_await std::move(replying);
  }
}

/// Answers at once, but for half a second, a second after the first message of the run.
Task<void> freeze(EventLoop& loop, Connection& connection, std::size_t) {
  while (const Chunk chunk = co_await connection.reader().readexactly(64)) {
    const std::string message(chunk.data);
    const auto now = Clock::now();
    if (truth.freeze_at == Clock::time_point::max()) {
      truth.freeze_at = now + 1s;
      truth.frozen_until = truth.freeze_at + 500ms;
    }
    if (now >= truth.freeze_at && now < truth.frozen_until) {
      if (co_await streams::sleep_until(loop, truth.frozen_until)) co_return;
    }
    connection.writer().write(message);
    ++truth.replies;
    const auto due = (Clock::now() - truth.freeze_at + 1s) / 1ms;
    if (now >= truth.frozen_until && truth.caught_up == Clock::time_point{} &&
        static_cast<long>(truth.replies) >= due - 10) {
      truth.caught_up = Clock::now();
    }
  }
}

Plan at_rate(double rate, Duration duration, std::size_t connections) {
  Plan plan = plan_of(0, connections);
  plan.requests.reset();
  plan.duration = duration;
  plan.stages = {{rate, rate, 0s}};
  return plan;
}

/// Nearest rank.
Duration percentile(std::vector<Duration> times, double percent) {
  std::sort(times.begin(), times.end());
  const double rank = std::ceil(percent / 100 * static_cast<double>(times.size()));
  return times[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

/// The machine let the run be: all but a few left when they were due.
bool undisturbed(const Results& results) { return results.health.lag.percentile(99) < 150us; }

/// How far the figures are above the truth at each of `percents`, in the median of undisturbed
/// runs; nothing when the machine never was. Below the truth they must not be in any.
std::vector<Duration> excess(const Plan& plan, Handler handler, const std::vector<double>& percents,
                             bool response) {
  std::vector<std::vector<Duration>> above(percents.size());
  for (std::size_t run = 0; run < most_runs && above[0].size() < runs_that_count; ++run) {
    truth = Truth{};
    const auto [results, accepted] = load(plan, handler);
    REQUIRE(results.total.failed() == 0);
    const Histogram& figures = response ? results.total.response : results.total.service;
    // What was never sent has no delay to compare with.
    if (results.total.unsent() != 0) continue;
    REQUIRE(figures.count() == truth.delays.size());
    const bool counts = undisturbed(results);
    for (std::size_t i = 0; i < percents.size(); ++i) {
      const Duration reported = figures.percentile(percents[i]);
      const Duration exact = percentile(truth.delays, percents[i]);
      CAPTURE(percents[i], reported.count(), exact.count());
      CHECK(reported >= exact);
      if (counts) above[i].push_back(reported - exact);
    }
  }
  std::vector<Duration> medians;
  if (above[0].size() < runs_that_count) {
    WARN("the machine was too busy for the upper bound to be tested");
    return medians;
  }
  for (std::vector<Duration>& one : above) medians.push_back(percentile(one, 50));
  return medians;
}

void check_truth(const Plan& plan, Handler handler, const std::vector<double>& percents) {
  for (const bool response : {false, true}) {
    CAPTURE(response);
    for (const Duration above : excess(plan, handler, percents, response)) {
      // A thousandth of 50 ms is the histogram's.
      CHECK(above <= noise + 50us);
    }
  }
}

std::uint64_t slower_than(Duration time, const Histogram& histogram) {
  std::uint64_t count = 0;
  for (std::size_t slot = Histogram::slot_of(time) + 1; slot < Histogram::slots; ++slot) {
    count += histogram.counts()[slot];
  }
  return count;
}

}  // namespace

TEST_CASE("a constant delay is what every percentile says", "[truth]") {
  // 20 a second on each connection: none waits for another.
  check_truth(at_rate(400, 600ms, 20), constant, {1, 50, 90});
}

TEST_CASE("of two delays each percentile says the right one", "[truth]") {
  check_truth(at_rate(200, 1s, 20), bimodal, {1, 50, 75, 85, 95});
}

TEST_CASE(
    "a freeze shows in the response times of all that were due, in the service times once a "
    "connection",
    "[truth]") {
  constexpr std::size_t connections = 10;
  for (int run = 0; run < 3; ++run) {
    truth = Truth{};
    const auto [results, accepted] = load(at_rate(1000, 2s, connections), freeze);
    REQUIRE(results.total.failed() == 0);
    CHECK(results.total.response.count() == 2000);
    CHECK(slower_than(100ms, results.total.response) >= 380);
    if (!undisturbed(results)) continue;
    CHECK(slower_than(100ms, results.total.service) == connections);
    // Due every millisecond, they waited from 500 ms down to none; those that came while the held
    // up ones were answered waited, too.
    const auto catching_up = (truth.caught_up - truth.frozen_until) / 1ms;
    for (const int waited : {50, 100, 250, 400, 450}) {
      CAPTURE(waited, catching_up);
      const auto slower = slower_than(std::chrono::milliseconds{waited}, results.total.response);
      CHECK(static_cast<long>(slower) >= 500 - waited - 25);
      CHECK(static_cast<long>(slower) <= 500 - waited + 25 + catching_up);
    }
    CHECK(results.total.response.max() <= 525ms + std::chrono::milliseconds{catching_up});
  }
}
