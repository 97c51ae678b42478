// The cause decides the advice: a table.
#include "client/load/advice.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::advice_on;
using client::load::Cause;
using client::load::cause_of;
using client::load::commands_apart;
using client::load::Health;
using client::load::Results;
using client::load::ThreadLoad;

namespace {

/// A run of ten seconds on a machine with four processors and nothing else to do.
Results quiet() {
  Results results;
  results.total.length = 10s;
  results.health.threads = {{.busy = 0.01}};
  results.health.surroundings.processors = {4, 4, false, {0, 1, 2, 3}};
  results.health.surroundings.command = "echoline load -c 20 127.0.0.1:7007";
  return results;
}

struct Row {
  const char* what;
  void (*change)(Results& results);
  Cause cause;
  const char* advice;
};

constexpr Row rows[] = {
    {"an idle thread, late", [](Results&) {}, Cause::woken_late, "--busy-poll 100us"},
    {"an idle thread, late, that spins", [](Results& run) { run.plan.awake_before_due = 100us; },
     Cause::woken_late, "the machine woke them late"},
    {"one processor: spinning is no advice",
     [](Results& run) {
       run.health.surroundings.processors = {1, 1, false, {0}};
     },
     Cause::woken_late, "the machine woke them late"},
    {"stopped", [](Results& run) { run.health.standstills.add(1s, 700ms); }, Cause::stood_still,
     "stood still for 0.700 s"},
    {"a quota", [](Results& run) { run.health.surroundings.throttled = 0.3; }, Cause::throttled,
     "raise that (cpu.max, CPUQuota=)"},
    {"a quota makes it wait",
     [](Results& run) {
       run.health.surroundings.throttled = 0.3;
       run.health.threads[0].waited = 0.3;
     },
     Cause::throttled, "held it for 30.0 %"},
    {"a thread with too much to do", [](Results& run) { run.health.threads[0].busy = 0.97; },
     Cause::saturated, "--threads 4"},
    {"one of them for a local service",
     [](Results& run) {
       run.health.threads[0].busy = 0.97;
       run.health.surroundings.local_target = true;
     },
     Cause::saturated, "--threads 3"},
    {"as many threads as connections",
     [](Results& run) {
       run.health.threads[0].busy = 0.97;
       run.plan.connections = 1;
     },
     Cause::saturated, "--connections 4 --threads 4"},
    {"no processor is left",
     [](Results& run) {
       run.health.threads[0].busy = 0.97;
       run.health.surroundings.processors = {1, 4, false, {2}};
     },
     Cause::saturated, "no processor is free"},
    {"spinning is no work", [](Results& run) { run.health.threads[0] = {.busy = 1, .spun = 0.9}; },
     Cause::woken_late, "spin"},
    {"stolen time",
     [](Results& run) {
       run.health.surroundings.stolen = 0.07;
       run.health.threads[0].waited = 0.01;
     },
     Cause::stolen, "hypervisor gave the processors to others for 7.0 %"},
    {"other programs",
     [](Results& run) {
       run.health.threads[0].waited = 0.07;
       run.health.surroundings.busy = 0.98;
     },
     Cause::crowded, "busy for 98 % of the time"},
    {"the service beside it",
     [](Results& run) {
       run.health.threads[0].waited = 0.07;
       run.health.surroundings.local_target = true;
     },
     Cause::shared, "keep them apart"},
    {"the service beside it, and others that had more",
     [](Results& run) {
       run.health.threads[0].waited = 0.07;
       run.health.surroundings.local_target = true;
       run.health.surroundings.busy = 1;
       run.health.surroundings.others = 0.7;
     },
     Cause::crowded, "other programs"},
    {"the service beside it, and others that hardly matter",
     [](Results& run) {
       run.health.threads[0].waited = 0.07;
       run.health.surroundings.local_target = true;
       run.health.surroundings.busy = 1;
       run.health.surroundings.others = 0.2;
     },
     Cause::shared, "keep them apart"},
    {"both on the only processor",
     [](Results& run) {
       run.health.threads[0].waited = 0.07;
       run.health.surroundings.local_target = true;
       run.health.surroundings.processors = {1, 1, false, {0}};
     },
     Cause::shared, "on another machine"},
};

}  // namespace

TEST_CASE("the cause decides the advice") {
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Results results = quiet();
    row.change(results);
    const Cause cause = cause_of(results);
    CHECK(cause == row.cause);
    const std::string advice = advice_on(cause, results);
    CAPTURE(advice);
    CHECK(advice.find(row.advice) != std::string::npos);
    // More threads are for those that have too much to do.
    CHECK((advice.find("--threads") == std::string::npos || cause == Cause::saturated));
  }
}

TEST_CASE("the commands give the service and the generator processors of their own") {
  Health health = quiet().health;
  health.surroundings.local_target = true;
  health.surroundings.services.emplace_back().pid = 4711;
  const auto one = commands_apart(health);
  REQUIRE(one.size() == 2);
  CHECK(one[0] == "taskset -acp 0-2 4711");
  CHECK(one[1] == "taskset -c 3 echoline load -c 20 127.0.0.1:7007");

  health.threads.resize(7);
  health.surroundings.services.clear();
  const auto many = commands_apart(health);
  REQUIRE(many.size() == 2);
  CHECK(many[0] == "taskset -acp 0 PID_OF_THE_SERVICE");
  CHECK(many[1].starts_with("taskset -c 1-3 "));

  health.surroundings.processors = {1, 1, false, {0}};
  CHECK(commands_apart(health).empty());
}
