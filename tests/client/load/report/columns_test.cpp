#include "client/load/report/columns.hpp"

#include "tests/catch.hpp"

using namespace client::load::report;

TEST_CASE("every character is one column, however many bytes it has") {
  CHECK(columns("") == 0);
  CHECK(columns("12 ms") == 5);
  CHECK(columns("12 µs") == 5);
  CHECK(columns("█▏") == 2);
}

TEST_CASE("text is filled to its columns on either side, and longer text stays whole") {
  CHECK(left("µs", 4) == "µs  ");
  CHECK(right("µs", 4) == "  µs");
  CHECK(left("longer", 3) == "longer");
  CHECK(right("longer", 3) == "longer");
}

TEST_CASE("text is cut between characters, never within one") {
  CHECK(cut("12 µs", 4) == "12 µ");
  CHECK(cut("µµ", 1) == "µ");
  CHECK(cut("ab", 0).empty());
  CHECK(cut("ab", 7) == "ab");
}

TEST_CASE("text is broken at spaces, and the lines after the first are indented") {
  CHECK(wrapped("one two three", 7, 2) == "one two\n  three");
  CHECK(wrapped("one two three", 13, 2) == "one two three");
  CHECK(wrapped("one two three", 12, 2) == "one two\n  three");
  CHECK(wrapped("µµµ µµµ", 7, 0) == "µµµ µµµ");
  CHECK(wrapped("incomprehensible word", 5, 1) == "incomprehensible\n word");
  CHECK(wrapped("", 5, 1).empty());
}
