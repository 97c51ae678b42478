#include "client/load/arrivals.hpp"

#include <map>
#include <vector>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::Arrival;
using client::load::Arrivals;
using client::load::Duration;
using client::load::Plan;
using client::load::Schedule;
using client::load::Share;

namespace {

Plan rate(double requests_a_second, std::size_t connections) {
  Plan plan;
  plan.stages = {{requests_a_second, requests_a_second, 0s}};
  plan.connections = connections;
  return plan;
}

/// Connection by the time of its request, of all threads, before `end`.
std::multimap<Duration, std::size_t> all_before(Duration end, const Plan& plan,
                                                std::size_t threads) {
  const Schedule schedule(plan.stages, plan.warmup);
  std::multimap<Duration, std::size_t> all;
  for (std::size_t thread = 0; thread < threads; ++thread) {
    const Share share{thread, threads, plan.connections};
    for (Arrivals arrivals(schedule, plan, share); arrivals.front().time < end; arrivals.pop()) {
      all.emplace(arrivals.front().time, share.number(arrivals.front().connection));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a constant rate gives all connections their turns, evenly phased") {
  for (const std::size_t threads : {1U, 2U, 3U}) {
    CAPTURE(threads);
    const auto all = all_before(100ms, rate(1000, 5), threads);
    REQUIRE(all.size() == 100);
    std::size_t position = 0;
    for (const auto& [time, connection] : all) {
      CHECK(time == position * 1ms);
      CHECK(connection == position % 5);
      ++position;
    }
  }
}

TEST_CASE("poisson arrivals have the mean and the spread of an exponential distribution") {
  Plan plan = rate(1000, 4);
  plan.arrival = Arrival::poisson;
  for (const std::size_t threads : {1U, 2U}) {
    CAPTURE(threads);
    const auto all = all_before(100s, plan, threads);
    CHECK(all.size() == Approx(100'000).epsilon(0.02));
    double squares = 0;
    Duration before{0};
    for (const auto& [time, connection] : all) {
      const double interval = std::chrono::duration<double, std::milli>(time - before).count();
      squares += interval * interval;
      before = time;
    }
    // Twice the square of the mean, where a constant rate has once.
    CHECK(squares / static_cast<double>(all.size()) == Approx(2).epsilon(0.05));
  }
}

TEST_CASE("poisson arrivals are the same for the same seed, and others for another") {
  Plan plan = rate(1000, 4);
  plan.arrival = Arrival::poisson;
  const auto first = all_before(1s, plan, 2);
  CHECK(all_before(1s, plan, 2) == first);
  plan.seed = 2;
  CHECK(all_before(1s, plan, 2) != first);
}

TEST_CASE("a number of requests is kept exactly, by all threads together, after the warm-up") {
  for (const Arrival arrival : {Arrival::constant, Arrival::poisson}) {
    Plan plan = rate(1000, 5);
    plan.arrival = arrival;
    plan.requests = 103;
    plan.warmup = 100ms;
    const auto all = all_before(Duration::max(), plan, 3);
    std::size_t measured = 0;
    for (const auto& [time, connection] : all) measured += time >= plan.warmup ? 1U : 0U;
    CHECK(measured == 103);
    CHECK(all.size() > 103 + 50);
  }
}

TEST_CASE("the threads' shares add up, and differ by the connections they have") {
  for (const std::size_t threads : {1U, 2U, 3U, 7U}) {
    for (const std::uint64_t total : {0U, 1U, 5U, 100U, 1001U}) {
      std::uint64_t sum = 0;
      std::size_t connections = 0;
      for (std::size_t thread = 0; thread < threads; ++thread) {
        const Share share{thread, threads, 7};
        sum += share.part_of(total);
        connections += share.own();
      }
      CHECK(sum == total);
      CHECK(connections == 7);
    }
  }
}
