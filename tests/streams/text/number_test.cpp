#include "streams/text/number.hpp"

#include <cstdint>
#include <limits>

#include "tests/catch.hpp"

using text::append_number;
using text::whole_number;

TEST_CASE("a whole number is all of its text", "[number]") {
  CHECK(whole_number<std::uint64_t>("0") == 0);
  CHECK(whole_number<std::uint64_t>("18446744073709551615") == UINT64_MAX);
  CHECK(whole_number<int>("-12") == -12);
  CHECK(whole_number<unsigned>("0660", 8) == 0660U);
  for (const char* const text : {"", " 1", "1 ", "+1", "1.0", "0x1", "one", "-1"}) {
    INFO(text);
    CHECK_FALSE(whole_number<std::uint64_t>(text));
  }
  CHECK_FALSE(whole_number<std::uint64_t>("18446744073709551616"));
  CHECK_FALSE(whole_number<unsigned>("8", 8));
}

TEST_CASE("a number is appended behind what there is", "[number]") {
  std::string out = "x=";
  append_number(out, std::numeric_limits<std::int64_t>::min());
  out += ' ';
  append_number(out, UINT64_MAX);
  out += ' ';
  append_number(out, 0.1);
  out += ' ';
  append_number(out, -std::numeric_limits<double>::max());
  CHECK(out == "x=-9223372036854775808 18446744073709551615 0.1 -1.7976931348623157e+308");
}
