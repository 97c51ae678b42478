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

TEST_CASE("a decimal has all its digits behind the point, and none without decimals", "[number]") {
  const auto decimal = [](std::uint64_t parts, unsigned decimals) {
    std::string out;
    text::append_decimal(out, parts, decimals);
    return out;
  };
  CHECK(decimal(12, 0) == "12");
  CHECK(decimal(0, 6) == "0.000000");
  CHECK(decimal(1, 6) == "0.000001");
  CHECK(decimal(1'500'000, 6) == "1.500000");
  CHECK(decimal(UINT64_MAX, 6) == "18446744073709.551615");
}

TEST_CASE("a float is written as Go writes it, and is seen to be one", "[number]") {
  const auto shortest = [](std::uint64_t parts, unsigned decimals) {
    std::string out;
    text::append_float(out, parts, decimals);
    return out;
  };
  CHECK(shortest(0, 6) == "0.0");
  CHECK(shortest(1, 6) == "1e-06");
  CHECK(shortest(16, 6) == "1.6e-05");
  CHECK(shortest(128, 6) == "0.000128");
  CHECK(shortest(1'000'000, 6) == "1.0");
  CHECK(shortest(1'048'576, 6) == "1.048576");
  CHECK(shortest(1'024'000'000, 6) == "1024.0");
  CHECK(shortest(10, 0) == "10.0");
  CHECK(shortest(999'999, 0) == "999999.0");
  CHECK(shortest(1'048'576, 0) == "1.048576e+06");
  CHECK(shortest(10'000'000'000, 0) == "1e+10");
}
