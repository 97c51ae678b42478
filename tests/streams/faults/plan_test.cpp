#include "streams/faults/plan.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/streams/faults/pumped.hpp"

using faults::parse_plan;

TEST_CASE("a plan is an array of faults, refused as a whole for one that is wrong") {
  const auto plan = parse_plan(std::vector<std::string>{"fin at byte 3", "silent"});
  CHECK(plan.error == "");
  CHECK(plan.plan.faults.size() == 2);
  const auto wrong = parse_plan(std::vector<std::string>{"fin at byte 3", "reset at bite 3"});
  CHECK(wrong.error ==
        "fault 2, column 10: \"bite\" is no place after \"at\"; did you mean \"byte\"?");
  CHECK(wrong.plan.empty());
}

TEST_CASE("a plan is a file with a fault a line, comments and empty lines") {
  const auto plan = parse_plan("# Of what?\n\n  fin at byte 3\r\n\t# indented\nsilent");
  CHECK(plan.error == "");
  CHECK(plan.plan.faults.size() == 2);
  CHECK(parse_plan("").plan.empty());
  CHECK(parse_plan("\n\n  \n").error == "");
  CHECK(parse_plan("silent\n\n  reset at bite 3\n").error ==
        "line 3, column 12: \"bite\" is no place after \"at\"; did you mean \"byte\"?");
}

TEST_CASE("a plan has at most 64 faults") {
  std::vector<std::string> texts(faults::Plan::max_faults, "fin");
  CHECK(parse_plan(texts));
  texts.push_back("fin");
  CHECK(parse_plan(texts).error == "fault 65: a plan has at most 64 faults");
}

TEST_CASE("a plan says what it needs of protocol and acceptor") {
  struct Row {
    std::string fault;
    bool marks;
    bool acceptor;
  };
  const Row rows[] = {
      {"fin at byte 3", false, false}, {"fin after line 3", true, false},
      {"delay 2ms", false, false},     {"delay 2ms every line of output", true, false},
      {"swallow-reply", true, false},  {"silent", false, false},
      {"refuse 1s", false, true},      {"backlog-full 1s", false, true},
      {"close with 5%", false, true},  {"stop-reading after line 2", false, false}};
  for (const Row& row : rows) {
    CAPTURE(row.fault);
    const faults::Plan plan = tests::plan_of({row.fault});
    CHECK(plan.needs_reply_marks() == row.marks);
    CHECK(plan.acts_on_accept() == row.acceptor);
  }
  // What was met of the input counts up to the line whose reply was cut.
  CHECK(tests::plan_of({"fin at byte 3", "corrupt at byte 1 of input"}).needs_reply_marks());
}
