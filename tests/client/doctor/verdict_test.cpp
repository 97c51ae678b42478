#include "client/doctor/verdict.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

using namespace client::doctor;

namespace {

/// How tries went, a letter each: h(eld), b(roken), u(nable).
Trials tried(Level level, unsigned tries, bool direct, const std::string& outcomes) {
  Trials trials(level, tries, direct);
  for (const char c : outcomes) {
    REQUIRE_FALSE(trials.is_over());
    trials.add(c == 'h' ? Outcome::held : c == 'b' ? Outcome::broken : Outcome::unable);
  }
  return trials;
}

struct Row {
  Level level;
  unsigned tries;
  bool direct;
  const char* outcomes;
  bool is_over;
  Verdict verdict;
};

}  // namespace

TEST_CASE("what comes of a case follows from its level and its tries") {
  const std::vector<Row> rows{{Level::must, 1, false, "", false, Verdict::skipped},
                              {Level::must, 1, false, "h", true, Verdict::pass},
                              {Level::must, 1, true, "", false, Verdict::skipped},
                              {Level::must, 1, true, "h", false, Verdict::skipped},
                              {Level::must, 1, true, "hh", true, Verdict::pass},
                              {Level::must, 3, true, "hhh", false, Verdict::skipped},
                              {Level::must, 3, true, "hhhh", true, Verdict::pass},
                              // Broken once: tried until it is sure.
                              {Level::must, 1, false, "b", false, Verdict::skipped},
                              {Level::must, 1, false, "bhh", true, Verdict::fail},
                              {Level::must, 1, false, "bbb", true, Verdict::fail},
                              {Level::should, 1, false, "bbh", true, Verdict::not_strict},
                              {Level::must, 30, false, "bbb", true, Verdict::fail},
                              {Level::must, 30, false, "bbh", false, Verdict::skipped},
                              {Level::must, 5, false, "hhhhb", true, Verdict::fail},
                              {Level::must, 2, false, "hb", false, Verdict::skipped},
                              {Level::must, 2, false, "hbh", true, Verdict::fail},
                              // Behind a proxy the machine is looked at again each time.
                              {Level::must, 1, true, "hb", false, Verdict::skipped},
                              {Level::must, 1, true, "hbhbhb", false, Verdict::skipped},
                              {Level::must, 1, true, "hbhbhbh", true, Verdict::fail},
                              {Level::must, 1, true, "hbhhh", true, Verdict::fail},
                              {Level::must, 1, true, "hbbh", true, Verdict::skipped},
                              {Level::must, 1, true, "hbhu", true, Verdict::skipped},
                              // The machine itself is so: nothing is said of the proxy.
                              {Level::must, 1, true, "b", false, Verdict::skipped},
                              {Level::must, 1, true, "bhh", true, Verdict::skipped},
                              {Level::must, 1, true, "u", true, Verdict::skipped},
                              // Nothing could be told, or not to the end.
                              {Level::must, 1, true, "hu", true, Verdict::skipped},
                              {Level::must, 5, false, "bu", true, Verdict::skipped},
                              {Level::must, 5, false, "bbu", true, Verdict::fail},
                              {Level::must, 5, false, "hhu", true, Verdict::skipped},
                              // Where there is no right and wrong.
                              {Level::info, 1, true, "hh", true, Verdict::informational},
                              {Level::info, 1, true, "hb", true, Verdict::informational},
                              {Level::info, 1, true, "hu", true, Verdict::skipped}};
  for (const Row& row : rows) {
    CAPTURE(row.outcomes, row.tries, row.direct, to_string(row.level));
    const Trials trials = tried(row.level, row.tries, row.direct, row.outcomes);
    CHECK(trials.is_over() == row.is_over);
    CHECK(trials.verdict() == row.verdict);
  }
}

TEST_CASE("the proxy is left out first, and only then examined") {
  Trials trials(Level::must, 2, true);
  CHECK(trials.next() == Trials::Next::direct);
  trials.add(Outcome::held);
  CHECK(trials.next() == Trials::Next::examined);
  CHECK(trials.tries() == 0);
  CHECK(Trials(Level::must, 2, false).next() == Trials::Next::examined);
}

TEST_CASE("a reason is given where the tries do not say it themselves") {
  CHECK(Trials(Level::must, 1, false).reason() == "interrupted");
  CHECK(tried(Level::must, 1, true, "bhb").reason() ==
        "without the proxy it is so, too, in 2 of 3 tries: this machine's doing");
  CHECK(tried(Level::must, 1, true, "u").reason() == "without the proxy it cannot be told, either");
  CHECK(tried(Level::must, 1, false, "h").reason().empty());
  CHECK(tried(Level::must, 1, false, "bu").reason() ==
        "broken once, and then it could not be tried again");
}

TEST_CASE("a SHOULD that is broken is a failure where it is asked for, a MUST always") {
  CHECK(is_failure(Verdict::fail, false));
  CHECK(is_failure(Verdict::fail, true));
  CHECK_FALSE(is_failure(Verdict::not_strict, false));
  CHECK(is_failure(Verdict::not_strict, true));
  for (const Verdict other : {Verdict::pass, Verdict::informational, Verdict::skipped}) {
    CHECK_FALSE(is_failure(other, true));
  }
}
