#include "client/load/report/plan_text.hpp"

#include "tests/catch.hpp"

using namespace client::load;
using namespace client::load::report;
using namespace std::chrono_literals;

TEST_CASE("the target's line says what is sent to whom, and whether replies are compared") {
  Plan plan;
  plan.targets = {{streams::HostPort{"::1", 7}, "[::1]:7"}};
  CHECK(target_text(plan) == "[::1]:7, echo, 64 B a message, every byte verified");
  plan.payload.stamped = true;
  CHECK(target_text(plan) == "[::1]:7, echo, 64 B a message, stamped, every byte verified");
  plan.payload.stamped = false;
  plan.verify = false;
  plan.payload.max_size = 1500;
  CHECK(target_text(plan) == "[::1]:7, echo, 64 B to 1.46 KiB a message, not verified");
  plan.payload.content = std::string(2048, 'x');
  CHECK(target_text(plan) == "[::1]:7, echo, a file of 2.00 KiB, not verified");
  plan.protocol = &chargen_protocol;
  CHECK(target_text(plan) == "[::1]:7, chargen");
}

TEST_CASE("the load's line says which loop, how fast and on how many connections") {
  Plan plan;
  plan.connections = 1;
  CHECK(load_text(plan) == "closed loop, 1 connection");
  plan.pipeline = 16;
  plan.connections = 10'000;
  CHECK(load_text(plan) == "closed loop, 10,000 connections, 16 requests in flight on each");
  plan.stages = {{.from = 1000, .to = 1000, .time = 10s}};
  plan.arrival = Arrival::poisson;
  CHECK(load_text(plan) ==
        "open loop, 1.000 k/s at random (Poisson), 10,000 connections, dispatch free, at most 16 "
        "requests in flight on each");
  plan.arrival = Arrival::constant;
  plan.pipeline = 1;
  plan.stages[0].to = 5000;
  CHECK(load_text(plan) == "open loop, 1.000 k/s to 5.000 k/s, 10,000 connections, dispatch free");
  plan.dispatch = Dispatch::fixed;
  plan.stages.push_back({.from = 5000, .to = 5000, .time = 10s});
  plan.churn = 1;
  CHECK(load_text(plan) ==
        "open loop, 1.000 k/s to 5.000 k/s in 2 stages, at most 5.000 k/s, 10,000 connections, "
        "dispatch fixed, a new one for each request");
  plan.stages = {{100, 100, 1s}, {5000, 5000, 1s}, {100, 100, 1s}};
  plan.churn = 0;
  CHECK(load_text(plan) ==
        "open loop, 100/s to 100/s in 3 stages, at most 5.000 k/s, 10,000 connections, "
        "dispatch fixed");
  plan.proxy.emplace();
  CHECK(load_text(plan).ends_with("10,000 connections, dispatch fixed, each with a PROXY header"));
  plan.proxy.reset();
  plan.stages.clear();
  plan.churn = 1000;
  plan.close = Close::reset;
  CHECK(load_text(plan) ==
        "closed loop, 10,000 connections, a new one for every 1,000 requests, closed by reset");
}

TEST_CASE("the time's line says when the run is to end") {
  Plan plan;
  CHECK(time_text(plan) == "10 s, 1 thread");
  plan.warmup = 500ms;
  plan.threads = 2;
  plan.requests = 5000;
  CHECK(time_text(plan) == "5,000 requests after 500 ms of warm-up, 2 threads");
}

TEST_CASE("a run that ends before its profile, or goes on behind it, says so") {
  Plan plan;
  plan.stages = {{100, 100, 4s}, {100, 200, 6s}};
  CHECK(time_text(plan) == "10 s, 1 thread");
  plan.duration = 5s;
  CHECK(time_text(plan) == "5 s of a profile of 10 s, 1 thread");
  plan.duration = 12s;
  CHECK(time_text(plan) == "12 s, 2 s of it at the last rate of the profile, 1 thread");
  plan.stages = {{100, 100, 0s}};
  CHECK(time_text(plan) == "12 s, 1 thread");
}
