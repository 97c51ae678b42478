// Whatever a service does, the account of the run adds up, and its errors are of the kinds that the
// service has made.
#include "client/load/account.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <vector>

#include "client/load/random.hpp"
#include "client/load/run.hpp"
#include "tests/client/load/hostile.hpp"

using namespace std::chrono_literals;
using namespace tests;
using client::load::Account;
using client::load::Close;
using client::load::Dispatch;
using client::load::ErrorKind;
using client::load::Figures;
using client::load::Random;
using streams::EventLoop;

namespace {

struct Sums final : client::load::Observer {
  void interval(const Figures& figures) override {
    sum.add(figures);
    response += figures.response.count();
  }
  Account sum;
  std::uint64_t response = 0;
};

std::set<ErrorKind> kinds_of(Fault fault) {
  using enum ErrorKind;
  switch (fault) {
    case Fault::dies: return {reset, closed, connect, unsent, timeout, other};
    case Fault::hangs:
    case Fault::stalls: return {timeout, abandoned, unsent};
    case Fault::resets:
    case Fault::closes: return {reset, closed, unsent, other};
    case Fault::half_closes: return {closed, reset, unsent, other};
    case Fault::doubles:
    case Fault::changes:
    case Fault::floods: return {mismatch, abandoned, unsent};
    // One that is alone on its connection waits for another to be swapped with.
    case Fault::swaps:
    case Fault::drops: return {mismatch, abandoned, timeout, unsent};
    default: return {unsent};
  }
}

Plan random_plan(Random& random, Fault fault) {
  const auto below = [&random](std::uint64_t limit) { return random.next() % limit; };
  Plan plan = plan_of(100 + below(200), 1 + below(5));
  plan.threads = 1 + below(std::min<std::uint64_t>(plan.connections, 3));
  // Where a time-out is what shows the fault it is short; elsewhere none is to come.
  constexpr Fault silent[] = {Fault::hangs, Fault::stalls, Fault::swaps, Fault::drops};
  const bool is_silent = std::find(std::begin(silent), std::end(silent), fault) != std::end(silent);
  plan.reply_timeout = is_silent ? 60ms : 3s;
  plan.connect_timeout = 500ms;
  constexpr std::size_t depths[] = {1, 8, 32};
  plan.pipeline = depths[below(3)];
  if (below(2) == 0) plan.stages = {{2000, 2000, 0s}};
  if (plan.open_loop() && below(2) == 0) plan.stages = {{1000, 3000, 40ms}, {2000, 2000, 10ms}};
  if (plan.connections > 1 && below(2) == 0) plan.targets.resize(2);
  plan.dispatch = below(2) == 0 ? Dispatch::free : Dispatch::fixed;
  if (below(4) == 0) {
    plan.churn = 1 + below(4);
    plan.pipeline = 1 + below(plan.churn);
  }
  if (below(3) == 0) {
    plan.requests.reset();
    plan.duration = 100ms;
  }
  if (below(4) == 0) plan.warmup = 20ms;
  plan.close = below(2) == 0 ? Close::fin : Close::reset;
  return plan;
}

template <class Parts>
Account sum_of(const Parts& parts) {
  Account sum;
  for (const auto& part : parts) sum.add(part);
  return sum;
}

// A row for each stage, and for each target, which nothing unsent has gone to.
void check_parts(const Results& results) {
  const Figures& total = results.total;
  if (results.plan.stages.size() > 1) {
    const Account stages = sum_of(results.stages);
    CHECK(stages.offered == total.offered);
    CHECK(stages.answered == total.answered);
    CHECK(stages.errors.of == total.errors.of);
  }
  if (results.plan.targets.size() > 1) {
    const Account targets = sum_of(results.targets);
    CHECK(targets.unsent() == 0);
    CHECK(targets.offered + total.unsent() == total.offered);
    CHECK(targets.answered == total.answered);
    CHECK(targets.failed() == total.failed());
  }
}

void check_run(const Plan& plan, Fault fault, std::uint64_t every) {
  hostile = {.fault = fault, .every = every};
  const Watchdog watchdog(100);
  EventLoop loop;
  Sums sums;
  const auto [results, accepted] = loop.run(run_against(loop, plan, misbehaving, sums));
  const Figures& total = results.total;
  CAPTURE(fault_names[static_cast<std::size_t>(fault)], every, plan.open_loop(), plan.churn,
          client::load::dispatch_names[static_cast<std::size_t>(plan.dispatch)], plan.pipeline,
          plan.threads, plan.connections, plan.warmup.count(), plan.requests.value_or(0),
          results.ended_early, total.errors.of, total.answered);

  CHECK(total.offered == total.answered + total.errors.total());
  CHECK(total.sent() + total.unsent() == total.offered);
  if (!plan.open_loop()) CHECK(total.unsent() == 0);
  if (plan.requests && results.ended_early.empty()) CHECK(total.offered <= *plan.requests);
  // The intervals say the same.
  CHECK(sums.sum.offered == total.offered);
  CHECK(sums.sum.answered == total.answered);
  CHECK(sums.sum.errors.of == total.errors.of);
  check_parts(results);
  // Every request of the open loop is in the response times.
  if (plan.open_loop()) {
    CHECK(total.response.count() == total.offered);
    CHECK(sums.response == total.offered);
  }
  CHECK(total.service.count() <= total.answered + total.failed());
  CHECK(total.service.count() + total.errors[ErrorKind::connect] +
            total.errors[ErrorKind::abandoned] >=
        total.answered + total.failed());
  CHECK(total.answered <= hostile.right);
  const auto allowed = kinds_of(fault);
  for (std::size_t kind = 0; kind < total.errors.of.size(); ++kind) {
    CAPTURE(client::load::error_kinds[kind].name);
    if (!allowed.contains(static_cast<ErrorKind>(kind))) CHECK(total.errors.of[kind] == 0);
  }
}

}  // namespace

TEST_CASE("the account of a run adds up, whatever the service does") {
  // ECHOLINE_HOSTILE_RUNS=500 for a longer look.
  const char* const text = std::getenv("ECHOLINE_HOSTILE_RUNS");
  const int runs = text == nullptr ? 40 : std::atoi(text);
  Random random(4711);
  for (int run = 0; run < runs; ++run) {
    const auto fault = static_cast<Fault>(static_cast<std::uint64_t>(run) %
                                          static_cast<std::uint64_t>(Fault::count));
    const std::uint64_t every = 1 + random.next() % 40;
    CAPTURE(run);
    check_run(random_plan(random, fault), fault, every);
  }
}
