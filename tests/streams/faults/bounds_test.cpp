// What bounds the waits of a Flow, and what does not count for them.
#include "streams/faults/bounds.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include "streams/faults/script.hpp"
#include "tests/catch.hpp"
#include "tests/streams/faults/pumped.hpp"

using namespace std::chrono_literals;
using faults::Bounds;
using faults::Duration;
using faults::Flow;
using faults::Script;
using faults::Step;
using faults::Then;
using faults::Time;

namespace {

constexpr Time beginning{1h};
constexpr Bounds three_seconds{.time = 3s};

/// How long it takes until all of `size` bytes have left.
Duration passed_in(Flow& flow, std::size_t size) {
  const std::string all(size, 'x');
  std::string_view available = all;
  Time now = beginning;
  while (!available.empty()) {
    const Step step = flow.next(available, false, now);
    available.remove_prefix(step.take);
    if (step.then == Then::wait) now += step.wait;
  }
  return now - beginning;
}

}  // namespace

TEST_CASE("a rate and slices go on beyond the bound on waits") {
  Script rate(tests::plan_of({"rate 10/s"}), {}, beginning, three_seconds);
  CHECK(passed_in(rate.output(), 101) == 10s);
  Script slices(tests::plan_of({"slice 1 every 1s"}), {}, beginning, three_seconds);
  CHECK(passed_in(slices.output(), 11) == 10s);
}

TEST_CASE("between two slices there is no more than the bound") {
  Script slices(tests::plan_of({"slice 1 every 24h"}), {}, beginning, three_seconds);
  CHECK(passed_in(slices.output(), 3) == 6s);
}

TEST_CASE("what is held back until there is more leaves at the bound") {
  Script script(tests::plan_of({"coalesce 1KiB"}), {}, beginning, three_seconds);
  Flow& output = script.output();
  CHECK(output.next("ab", false, beginning).take == 2);
  const Step held = output.next("", false, beginning);
  CHECK(held.then == Then::more);
  CHECK(held.wait == 3s);
  CHECK(output.next("", false, beginning + 3s).bytes == "ab");
  // From then on nothing waits.
  CHECK(output.next("cd", false, beginning + 3s).bytes == "cd");
}

TEST_CASE("a reply that waits for the next one leaves at the bound") {
  Script script(tests::plan_of({"reorder-reply"}), {}, beginning, three_seconds);
  script.expect_marks();
  script.reply_ends(4);
  Flow& output = script.output();
  CHECK(output.next("+1\r\n", false, beginning).take == 4);
  const Step held = output.next("", false, beginning);
  CHECK(held.then == Then::more);
  CHECK(held.wait == 3s);
  CHECK(output.next("", false, beginning + 3s).bytes == "+1\r\n");
}

TEST_CASE("an end that is ignored is passed on at the bound") {
  Script script(tests::plan_of({"ignore-fin"}), {}, beginning, three_seconds);
  const Step ignored = script.input().next("", true, beginning);
  CHECK(ignored.then == Then::more);
  CHECK(ignored.wait == 3s);
  CHECK(script.input().next("", true, beginning + 3s).then == Then::end);
}
