#include "client/load/breakdown.hpp"

#include "client/load/tally.hpp"
#include "tests/catch.hpp"

using namespace client::load;
using namespace std::chrono_literals;

namespace {

const Time start = Time{} + 1h;

Plan three_stages() {
  Plan plan;
  plan.stages = {{10, 10, 1s}, {10, 20, 2s}, {20, 20, 1s}};
  return plan;
}

Plan two_targets() {
  Plan plan;
  plan.targets.resize(2);
  return plan;
}

}  // namespace

TEST_CASE("a run with one stage and one target has nothing to tell apart") {
  Plan plan;
  plan.targets.resize(1);
  plan.stages = {{10, 10, 1s}};
  CHECK(Tally(plan).breakdown == nullptr);
  CHECK(Tally(three_stages()).breakdown != nullptr);
  CHECK(Tally(two_targets()).breakdown != nullptr);
}

TEST_CASE("a request belongs to the stage in which it was due, whenever it was answered") {
  const Plan plan = three_stages();
  Breakdown breakdown(plan);
  breakdown.begin(start);
  breakdown.answered(start, start, start + 5s, 0);
  breakdown.answered(start + 999ms, start + 1s, start + 1s, 0);
  breakdown.answered(start + 1s, start + 1s, start + 2s, 0);
  // The last one has no end, and one of an earlier stage may come after it.
  breakdown.answered(start + 1h, start + 1h, start + 1h + 1ms, 0);
  breakdown.failed(ErrorKind::unsent, start + 2s, Time{}, start + 4s, Breakdown::no_target, 7);
  const std::vector<Part>& stages = breakdown.stages();
  REQUIRE(stages.size() == 3);
  CHECK(stages[0].answered == 2);
  CHECK(stages[0].times.max() == 5s);
  CHECK(stages[1].answered == 1);
  CHECK(stages[1].unsent() == 7);
  CHECK(stages[1].offered == 8);
  CHECK(stages[1].times.max() == 2s);
  CHECK(stages[2].answered == 1);
  CHECK(breakdown.targets().empty());
}

TEST_CASE("a request belongs to the target it went to, and one that was not sent to none") {
  const Plan plan = two_targets();
  Tally tally(plan);
  tally.measured_from = start;
  tally.begin(start);
  tally.answered(start, start, start + 2ms, 1);
  tally.answered(start, start, start + 1ms, 0);
  tally.failed(ErrorKind::reset, start, start, start + 5ms, 1);
  tally.failed(ErrorKind::unsent, start, Time{}, start + 9ms, Tally::no_target);
  tally.connect_failed(1);
  // Of the warm-up.
  tally.answered(start - 2ms, start - 2ms, start - 1ms, 1);
  const std::vector<Breakdown::Target>& targets = tally.breakdown->targets();
  REQUIRE(targets.size() == 2);
  CHECK(targets[0].offered == 1);
  CHECK(targets[0].answered == 1);
  CHECK(targets[0].times.max() == 1ms);
  CHECK(targets[1].offered == 2);
  CHECK(targets[1].answered == 1);
  CHECK(targets[1].errors[ErrorKind::reset] == 1);
  CHECK(targets[1].times.max() == 5ms);
  CHECK(targets[1].connects_failed == 1);
  CHECK(tally.figures->connects_failed == 1);
}

TEST_CASE("of a service without replies a part has counts and no times") {
  Plan plan = two_targets();
  plan.protocol = &discard_protocol;
  Breakdown breakdown(plan);
  breakdown.begin(start);
  breakdown.answered(start, start, start + 1ms, 0);
  CHECK(breakdown.targets()[0].answered == 1);
  CHECK(breakdown.targets()[0].times.empty());
}

TEST_CASE("a target that is gone while another one serves has its own outage") {
  const Plan plan = two_targets();
  Tally tally(plan);
  tally.begin(start);
  for (Duration at = 0s; at < 2s; at += 5ms) {
    tally.answered(start + at, start + at, start + at + 5ms, 0);
    tally.failing(start + at, start + at + 5ms, 1);
  }
  const auto outages = [](const Availability& one) {
    const Availability* const threads[] = {&one};
    return Availability::outages(threads, 2s).size();
  };
  CHECK(outages(tally.availability) == 0);
  CHECK(outages(tally.breakdown->targets()[0].availability) == 0);
  CHECK(outages(tally.breakdown->targets()[1].availability) == 1);
}
