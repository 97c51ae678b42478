#include "client/doctor/cases.hpp"

#include <set>
#include <string>

#include "tests/catch.hpp"

using namespace client::doctor;
using namespace std::chrono_literals;

TEST_CASE("each case has a number of its own, in the order of its group's table") {
  std::set<Number> seen;
  for (const Group& group : groups()) {
    unsigned place = 0;
    CAPTURE(group.name);
    for (const Case& one : group.cases) {
      CAPTURE(to_string(one.number));
      CHECK(seen.insert(one.number).second);
      CHECK(one.number.group == group.number);
      CHECK(one.number.place > place);
      place = one.number.place;
    }
  }
  CHECK(seen.size() >= 60);
}

TEST_CASE("each case says what must be so, why and by which source, and has bounds") {
  for (const Case* const one : cases_of({})) {
    CAPTURE(to_string(one->number));
    for (const std::string text : {one->what, one->why}) {
      CAPTURE(text);
      CHECK(text.size() > 20);
      CHECK((text.ends_with('.') && text.find('\n') == std::string::npos));
    }
    CHECK_FALSE(std::string(one->source).empty());
    CHECK(one->tries >= 1);
    CHECK(one->bound >= 2 * deadlock);
    const bool is_long = std::string(one->what).ends_with("(--long).");
    CHECK(one->bound <= (is_long ? 3600s : 60s));
    CHECK(one->run != nullptr);
    CHECK_FALSE(to_string(one->ways).empty());
  }
}

TEST_CASE("a selection is a case or a group") {
  CHECK(parse_selection("3.2")->takes({3, 2}));
  CHECK_FALSE(parse_selection("3.2")->takes({3, 20}));
  CHECK_FALSE(parse_selection("3.2")->takes({4, 2}));
  for (const char* const group : {"3", "3.*"}) {
    CHECK(parse_selection(group)->takes({3, 1}));
    CHECK(parse_selection(group)->takes({3, 99}));
    CHECK_FALSE(parse_selection(group)->takes({31, 1}));
  }
  for (const char* const wrong : {"", ".", "*", "3.", "3.x", "3.2.1", "-1", "3.-1", "3,2", " 3"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_selection(wrong));
  }
}

TEST_CASE("the cases of a way are those that are for it") {
  for (const Way way : {Way::echo, Way::line, Way::through, Way::behind}) {
    const auto cases = cases_of(way, {});
    CHECK_FALSE(cases.empty());
    for (const Case* const one : cases) CHECK(includes(one->ways, way));
  }
  CHECK(cases_of(Way::echo, {}).size() + cases_of(Way::through, {}).size() <
        2 * cases_of({}).size());
  const Selection one = *parse_selection("12.1");
  CHECK(cases_of(Way::through, std::span(&one, 1)).empty());
  CHECK(cases_of(Way::line, std::span(&one, 1)).size() == 1);
}

TEST_CASE("the list has every case once, within 80 columns") {
  const std::string list = list_of(cases_of({}));
  for (const Case* const one : cases_of({})) {
    CHECK(list.find("\n  " + to_string(one->number) + ' ') != std::string::npos);
  }
  std::size_t start = 0;
  while (start < list.size()) {
    const std::size_t end = list.find('\n', start);
    CHECK(end - start <= 80);
    start = end + 1;
  }
}
