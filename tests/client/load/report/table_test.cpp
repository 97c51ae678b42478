#include "client/load/report/table.hpp"

#include "tests/catch.hpp"

using namespace client::load::report;

namespace {

const std::vector<Row> rows{{{"of"}, {"offered"}, {"max"}},
                            {{"a"}, {"1"}, {"38.0 µs"}},
                            {{"a longer label"}, {"1,234,567"}, {"-"}}};

std::string table_of(std::size_t width) {
  return table(rows, {.colour = false, .unicode = true, .width = width});
}

}  // namespace

TEST_CASE("labels stand left and figures right, by columns and not by bytes") {
  CHECK(table_of(80) ==
        "of                offered      max\n"
        "a                       1  38.0 µs\n"
        "a longer label  1,234,567        -\n");
  CHECK(table_of(34) == table_of(80));
}

TEST_CASE("labels that leave too little room for the figures have a line of their own") {
  CHECK(table_of(33) ==
        "of\n    offered      max\n"
        "a\n          1  38.0 µs\n"
        "a longer label\n  1,234,567        -\n");
  CHECK(table_of(20) == table_of(33));
}

TEST_CASE("figures without room are left out from the last one on, and labels cut") {
  CHECK(table_of(19) ==
        "of\n    offered\n"
        "a\n          1\n"
        "a longer label\n  1,234,567\n");
  CHECK(table_of(5) == "of\n\na\n\na lon\n\n");
}
