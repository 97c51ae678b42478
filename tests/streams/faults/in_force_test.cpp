// Which faults of a living connection are in force, and how many may be.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "streams/faults/script.hpp"
#include "tests/catch.hpp"
#include "tests/streams/faults/passed.hpp"
#include "tests/streams/faults/pumped.hpp"

using namespace std::chrono_literals;
using faults::Script;
using faults::Then;
using tests::fault;
using tests::pass;
using tests::start;

TEST_CASE("what is in force is shown as text, and no more once it is over") {
  Script script(
      tests::plan_of({"silent", "fin at byte 9", "rate 1MiB/s at byte 1", "urgent at byte 2",
                      "corrupt every 4 of input", "close for every 2nd connection"}),
      {}, start);
  using Texts = std::vector<std::string>;
  CHECK(script.show({}) == Texts{"silent at accept", "fin at byte 9", "rate 1MiB/s at byte 1",
                                 "urgent at byte 2", "corrupt every 4B of input"});
  script.clear();
  CHECK(script.show({}).empty());
  script.add(fault("urgent at byte 2"), {}, start);
  script.add(fault("rate 1MiB/s at byte 2"), {}, start);
  CHECK(script.show(script.here()) == Texts{"urgent at byte 2", "rate 1MiB/s at byte 2"});
  CHECK(pass(script.output(), "abc").last.then == Then::urgent);
  pass(script.output(), "c");
  CHECK(script.show(script.here()) == Texts{"rate 1MiB/s at byte 2"});
}

TEST_CASE("what is in force at a place does not depend on how far the bytes have come") {
  using Texts = std::vector<std::string>;
  Script script({}, {}, start);
  script.add(fault("delay 1ms at byte 0"), {}, start);
  script.add(fault("swallow-reply after line 1"), {}, start);
  script.add(fault("fin at byte 9"), {}, start);
  script.add(fault("slice 2 at byte 0"), {}, start);
  const auto shown = [&script] {
    return std::vector{script.show({.output = 0}), script.show({.output = 1}),
                       script.show({.output = 9, .reply = 1}),
                       script.show({.output = 10, .reply = 1})};
  };
  const std::vector<Texts> all{
      {"delay 1ms at byte 0", "swallow-reply after line 1", "fin at byte 9", "slice 2B at byte 0"},
      {"swallow-reply after line 1", "fin at byte 9", "slice 2B at byte 0"},
      {"fin at byte 9", "slice 2B at byte 0"},
      {"slice 2B at byte 0"}};
  CHECK(shown() == all);
  script.expect_marks();
  script.reply_ends(6);
  pass(script.output(), "+1234\n+6", false, start);
  pass(script.output(), "+1234\n+6", false, start + 1s);
  CHECK(script.here().output > 0);
  CHECK(shown() == all);
}

TEST_CASE("as many are in force as a plan has, however many have yet to happen") {
  Script script({}, {}, start);
  for (std::uint64_t i = 0; i < 3 * faults::Plan::max_faults; ++i) {
    CHECK(script.is_crowded() == (i > faults::Plan::max_faults));
    CHECK(script.add(fault("urgent at byte 0"), {.output = i}, start));
  }
  const faults::Here here{.output = 1'000'000};
  for (std::size_t i = 0; i < faults::Plan::max_faults; ++i) {
    CHECK(script.add(fault("urgent at byte 0"), here, start));
  }
  CHECK_FALSE(script.add(fault("urgent at byte 0"), here, start));
}

TEST_CASE("a script takes no more faults than a plan, and none of accept") {
  Script script(tests::plan_of({"fin at byte 900"}), {}, start);
  CHECK(!script.add(fault("silent"), {}, start));
  for (std::size_t i = 1; i < faults::Plan::max_faults; ++i) {
    CHECK(script.add(fault("urgent at byte 1"), {}, start));
  }
  CHECK(!script.add(fault("urgent at byte 1"), {}, start));
  while (pass(script.output(), "ab").last.then == Then::urgent) {
  }
  CHECK(script.add(fault("urgent at byte 900"), {}, start));
}
