#include "config/error.hpp"

#include "tests/catch.hpp"

using config::Error;
using config::ErrorList;

TEST_CASE("an error reads as compilers write theirs", "[error]") {
  CHECK(to_string(Error{.source = "a.toml", .at = {.line = 3, .column = 7}, .what = "no"}) ==
        "a.toml:3:7: no");
  CHECK(to_string(Error{.source = "a.toml", .at = {}, .what = "no"}) == "a.toml: no");
}

TEST_CASE("errors are taken in the order of their places", "[error]") {
  ErrorList list{"f"};
  CHECK(list.empty());
  list.add({.line = 10, .column = 1}, "third");
  list.add({.line = 2, .column = 9}, "second");
  list.add({.line = 2, .column = 1}, "first");
  list.add({.line = 10, .column = 1}, "fourth");
  CHECK_FALSE(list.empty());
  std::string order;
  for (const Error& error : list.take()) order += error.what + ' ';
  CHECK(order == "first second third fourth ");
  CHECK(list.empty());
}

TEST_CASE("nothing in a file can break an error's line in two", "[error]") {
  ErrorList list{"f\n"};
  list.add({}, "a\r\nb\x1b[31m\x7f \xc3\xa9");
  CHECK(to_string(list.take().at(0)) == "f?: a??b?[31m? \xc3\xa9");
}
