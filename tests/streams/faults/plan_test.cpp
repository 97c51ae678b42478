#include "streams/faults/plan.hpp"

#include <string>
#include <vector>

#include "tests/catch.hpp"

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
