// Rates of a Flow whose pump is late, as every pump on a machine with other work is.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "streams/faults/script.hpp"
#include "tests/catch.hpp"
#include "tests/streams/faults/pumped.hpp"

using namespace std::chrono_literals;
using faults::Duration;
using faults::Flow;
using faults::Script;
using faults::Step;
using faults::Then;
using faults::Time;

namespace {

constexpr Time start{1h};

/// What leaves of an endless output until `end` where whoever waits is woken up so `late`.
std::uint64_t left_by(Flow& flow, Time& now, Time end, Duration late) {
  const std::string all(64 * 1024, 'x');
  std::uint64_t size = 0;
  while (now < end) {
    const Step step = flow.next(all, false, now);
    size += step.bytes.size();
    if (step.then == Then::wait) now += step.wait + late;
  }
  return size;
}

std::uint64_t left_at(Flow& flow, Time now) {
  Time at = now;
  return left_by(flow, at, now + 1ns, 0ns);
}

}  // namespace

TEST_CASE("a rate is exact in either direction, however late the pump is") {
  for (const std::string text : {"10240", "1048576", "20971520"}) {
    for (const Duration late : {0ms, 1ms, 7ms, 40ms, 120ms}) {
      for (const std::string of : {"input", "output"}) {
        CAPTURE(text, late.count(), of);
        Script script(tests::plan_of({"rate " + text + "/s of " + of}), {}, start);
        Time now = start;
        Flow& flow = of == "input" ? script.input() : script.output();
        const auto size = static_cast<double>(left_by(flow, now, start + 5s, late));
        CHECK(size == Approx(5 * std::stod(text)).epsilon(0.03));
      }
    }
  }
}

TEST_CASE("who had nothing to send does not make up for it, be it asked now and then") {
  for (const Duration between : {Duration(500us), Duration(900us), Duration(50ms)}) {
    CAPTURE(between.count());
    Script script(tests::plan_of({"rate 100000/s"}), {}, start);
    Flow& flow = script.output();
    Time now = start;
    CHECK(left_by(flow, now, start + 1s, 0ns) == 100'000);
    for (const Time since = now; now < since + 300ms; now += between) {
      CHECK(flow.next("", false, now).then == Then::more);
    }
    // 25 ms, and 1 ms to be late by.
    CHECK(left_at(flow, now) <= 2600);
  }
}

TEST_CASE("a rate does not make up for what another fault has held back") {
  Script script(tests::plan_of({"rate 100000/s", "stall 1s at byte 50000"}), {}, start);
  Time now = start;
  const auto size = static_cast<double>(left_by(script.output(), now, start + 2s, 0ns));
  CHECK(size == Approx(100'000).epsilon(0.03));
}

TEST_CASE("what goes without delay at the end of a session does not count for its rate") {
  Script script(tests::plan_of({"rate 1/s"}), {}, start);
  script.hurry();
  Time now = start;
  const std::string all(1 << 20, 'x');
  // So much at that rate is beyond the end of the clock.
  for (int i = 0; i < 20'000; ++i) {
    CHECK(script.output().next(all, false, now).bytes.size() == all.size());
  }
}

TEST_CASE("a slice is so long after the one before, late as that was") {
  Script script(tests::plan_of({"slice 10 every 10ms"}), {}, start);
  Time now = start;
  CHECK(left_by(script.output(), now, start + 1s, 10ms) == 500);
}

TEST_CASE("where the far side has no room, what is placed by time happens, and nothing passes") {
  Script script(tests::plan_of({"stall 3s after 1s of input", "fin after 6s of input"}), {}, start);
  Flow& input = script.input();
  CHECK(input.next("a", false, start).bytes == "a");
  CHECK(input.meanwhile(start).wait == 1s);
  const Step stalled = input.meanwhile(start + 1s);
  CHECK(stalled.then == Then::more);
  CHECK(stalled.wait == 5s);
  CHECK(script.met() == "stall@time:1s");
  // It has begun then, and so it ends.
  const Step rest = input.next("b", false, start + 2s);
  CHECK(rest.then == Then::wait);
  CHECK(rest.wait == 2s);
  CHECK(input.next("b", false, start + 4s).bytes == "b");
  CHECK(input.meanwhile(start + 6s).then == Then::fin);
  CHECK(input.meanwhile(start + 7s).then == Then::more);
}

TEST_CASE("what is put in at its time waits for room, and what was passed on stays as it was") {
  const faults::Plan plan =
      tests::plan_of({"duplicate 2 at byte 0 of input", "insert 3 after 1s of input"});
  Script script(plan, {}, start);
  Flow& input = script.input();
  CHECK(input.next("ab", false, start).bytes == "ab");
  const Step twice = input.next("", false, start);
  CHECK(twice.bytes == "ab");
  CHECK(input.meanwhile(start + 2s).wait == faults::no_end);
  CHECK(twice.bytes == "ab");
  CHECK(input.next("", false, start + 2s).bytes == "012");
  CHECK(script.met() == "duplicate@input:0 insert@time:1s");
}

TEST_CASE("a connection that says nothing any more can still be ended at a time") {
  for (const std::string how : {"silent", "half-close at byte 0"}) {
    CAPTURE(how);
    Script script(tests::plan_of({how, "stall 1h after 1s", "urgent after 1s", "reset after 2s"}),
                  {}, start);
    Flow& output = script.output();
    while (output.next("", false, start).then == Then::half_close) {
    }
    CHECK(output.next("gone", false, start).take == 4);
    CHECK(output.next("", false, start).wait == 2s);
    CHECK(output.meanwhile(start + 1s).wait == 1s);
    CHECK(output.next("gone", false, start + 1s).take == 4);
    CHECK(output.next("", false, start + 2s).then == Then::reset);
    CHECK(script.met().ends_with(" reset@time:2s"));
  }
}
