#include <algorithm>
#include <fcntl.h>
#include <numeric>
#include <string>
#include <vector>

#include "client/load/run.hpp"
#include "streams/sleep.hpp"
#include "streams/unique_fd.hpp"
#include "tests/client/load/service.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::load::Arrival;
using client::load::Duration;
using client::load::ErrorKind;
using client::measure::Histogram;
using streams::Chunk;
using streams::Connection;
using streams::EventLoop;
using streams::Task;

namespace {

/// The hundredth message is answered, and all behind it, after 200 ms.
Task<void> stall_once(EventLoop& loop, Connection& connection, std::size_t) {
  for (int i = 1;; ++i) {
    const Chunk chunk = co_await connection.reader().readexactly(64);
    if (!chunk) co_return;
    const std::string message(chunk.data);
    if (i == 100) co_await streams::sleep_for(loop, 200ms);
    connection.writer().write(message);
  }
}

Task<void> never_after_ten(EventLoop& loop, Connection& connection, std::size_t) {
  for (int i = 0; i < 10; ++i) {
    const Chunk chunk = co_await connection.reader().readexactly(64);
    if (!chunk) co_return;
    connection.writer().write(chunk.data);
  }
  co_await streams::sleep_for(loop, 1h);
}

template <int milliseconds>
Task<void> replies_in(EventLoop& loop, Connection& connection, std::size_t) {
  while (const Chunk chunk = co_await connection.reader().readexactly(64)) {
    const std::string message(chunk.data);
    const std::chrono::milliseconds delay{milliseconds};
    const std::error_code ec = co_await streams::sleep_for(loop, delay);
    if (ec) co_return;
    connection.writer().write(message);
  }
}

std::vector<streams::UniqueFd> kept;

/// Opens files for each connection that stay open.
Task<void> keep_files(EventLoop& loop, Connection& connection, std::size_t number) {
  for (int i = 0; i < 8; ++i) kept.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  auto echoing = echo(loop, connection, number);
  co_await std::move(echoing);
}

std::uint64_t slower_than(Duration time, const Histogram& histogram) {
  const auto counts = histogram.counts();
  const auto from = counts.begin() + static_cast<std::ptrdiff_t>(Histogram::slot_of(time));
  return std::accumulate(from, counts.end(), std::uint64_t{0});
}

Plan at_rate(double rate, Duration duration, std::size_t connections) {
  Plan plan = plan_of(0, connections);
  plan.requests.reset();
  plan.duration = duration;
  plan.stages = {{rate, rate, 0s}};
  return plan;
}

}  // namespace

TEST_CASE("a rate sends as many requests as are due in the time, by any number of threads") {
  for (const std::size_t threads : {1U, 3U}) {
    Plan plan = at_rate(1000, 500ms, 5);
    plan.threads = threads;
    const auto [results, accepted] = load(plan, echo);
    // A machine that is busy may leave some behind at the end.
    CHECK(results.total.answered + results.total.unsent() == 500);
    CHECK(results.total.answered > 400);
    CHECK(results.total.failed() == 0);
    CHECK(results.total.service.count() == results.total.answered);
    CHECK(results.total.response.count() == 500);
    CHECK(results.health.lag.count() == results.total.sent());
    // Nor does it come to all of those that are due.
    CHECK(results.health.own_lag.count() >= results.total.sent());
    CHECK(results.health.own_lag.count() <= 500);
    CHECK(results.asked_rate == Approx(1000));
    CHECK(results.total.length >= 500ms);
  }
}

TEST_CASE("a thread that is awake before requests are due sends them all and is not called busy") {
  Plan plan = at_rate(200, 500ms, 5);
  plan.awake_before_due = 1s;
  const auto [results, accepted] = load(plan, echo);
  CHECK(results.total.answered + results.total.unsent() == 100);
  CHECK(results.total.failed() == 0);
  REQUIRE(results.health.threads.size() == 1);
  CHECK(results.health.busiest() < 0.5);
  CHECK(results.health.threads[0].spun > 0);
}

TEST_CASE("threads with descriptors of their own close no other's at the end") {
  Plan plan = at_rate(300, 100ms, 6);
  plan.awake_before_due = 1s;
  plan.threads = 3;
  plan.own_descriptors = true;
  const auto [results, accepted] = load(plan, keep_files);
  CHECK(kept.size() == accepted * 8);
  CHECK(std::ranges::all_of(
      kept, [](const streams::UniqueFd& fd) { return ::fcntl(fd.get(), F_GETFD) == FD_CLOEXEC; }));
  kept.clear();
}

TEST_CASE("a rate that takes more connections than there are is said to") {
  const auto [results, accepted] = load(at_rate(1000, 300ms, 1), replies_in<20>);
  const auto says = [](const std::string& note) {
    return note.find("requests waited for a connection: a total of 1,") != std::string::npos;
  };
  // On a machine that is too busy the time may be the generator's.
  if (!results.valid()) return;
  CHECK(std::any_of(results.notes.begin(), results.notes.end(), says));
}

TEST_CASE("a ramp and poisson arrivals send as many as their area says") {
  Plan plan = at_rate(1000, 500ms, 5);
  plan.stages = {{0, 2000, 500ms}};
  plan.arrival = Arrival::poisson;
  const auto [results, accepted] = load(plan, echo);
  CHECK(results.total.answered + results.total.unsent() == Approx(500).margin(120));
  CHECK(results.total.failed() == 0);
  CHECK(results.asked_rate == Approx(1000));
}

TEST_CASE("a number of requests at a rate is kept exactly") {
  Plan plan = at_rate(2000, 1h, 3);
  plan.requests = 301;
  plan.threads = 2;
  const auto [results, accepted] = load(plan, echo);
  CHECK(results.total.answered == 301);
  CHECK(results.asked_rate == Approx(2000).epsilon(0.1));
}

TEST_CASE("churn at a rate connects for each request when it is due") {
  Plan plan = at_rate(500, 1h, 4);
  plan.requests = 100;
  plan.churn = 1;
  const auto [results, accepted] = load(plan, echo);
  CHECK(results.total.answered == 100);
  CHECK(results.total.response.count() == 100);
  CHECK(results.total.failed() == 0);
  CHECK(accepted == 1 + 100);
}

TEST_CASE("what a stall held up counts from when it was due: no coordinated omission") {
  // 500 a second on one connection: 100 requests are due in the 200 ms.
  const auto [results, accepted] = load(at_rate(500, 1s, 1), stall_once);
  CHECK(results.total.answered + results.total.unsent() == 500);
  // Half of them waited for more than 100 ms, and the one that stalled.
  CHECK(slower_than(100ms, results.total.response) >= 45);
  CHECK(slower_than(20ms, results.total.response) >= 80);
  // To the service they were quick: they left after the stall.
  CHECK(slower_than(150ms, results.total.service) <= 2);
  CHECK(results.total.service.max() >= 190ms);
}

TEST_CASE("what was due and never sent is an error, and waited until the end of the drain") {
  Plan plan = at_rate(100, 1s, 1);
  plan.reply_timeout = 2s;
  const auto [results, accepted] = load(plan, never_after_ten);
  CHECK(results.total.answered == 10);
  CHECK(results.total.errors[ErrorKind::timeout] == 1);
  CHECK(results.total.unsent() == 89);
  CHECK(results.total.offered == 100);
  // All of them, with the time that was waited. Sending ended after 1 s, waiting after 2 s and
  // more.
  CHECK(results.total.response.count() == 100);
  CHECK(slower_than(1050ms, results.total.response) == 90);
  CHECK(results.total.response.max() >= 2s);
  CHECK(results.total.service.count() == 11);
  CHECK(results.total.service.max() >= 2000ms);
}

TEST_CASE("how late requests left is measured when they leave, and what is ours of it apart") {
  // A request takes 20 ms, on the one connection; 200 a second are due.
  Plan plan = at_rate(200, 500ms, 1);
  const auto [results, accepted] = load(plan, replies_in<20>);
  CHECK(results.total.answered > 10);
  CHECK(results.health.lag.max() >= 200ms);
  CHECK(results.health.lag.count() == results.total.sent());
  CHECK(results.health.own_lag.percentile(50) < 100ms);
  CHECK(results.health.own_lag.count() == 100);
}

TEST_CASE("offered, sent and answered rates have each its own time") {
  // The last reply comes 300 ms after the end; 62 a second, were that counted.
  const auto [results, accepted] = load(at_rate(100, 500ms, 50), replies_in<300>);
  REQUIRE(results.total.offered == 50);
  CHECK(results.rates.offered == Approx(100));
  CHECK(results.rates.sent == Approx(100).epsilon(0.2));
  CHECK(results.rates.answered == Approx(100).epsilon(0.2));
}

TEST_CASE("a rate that no machine reaches keeps its time and its account") {
  Plan plan = at_rate(1e9, 300ms, 2);
  plan.reply_timeout = 1s;
  const auto began = client::load::Clock::now();
  const auto [results, accepted] = load(plan, echo);
  CHECK(client::load::Clock::now() - began < 10s);
  CHECK(static_cast<double>(results.total.offered) == Approx(3e8).epsilon(0.001));
  CHECK(results.total.offered == results.total.answered + results.total.errors.total());
  CHECK(results.total.response.count() == results.total.offered);
}
