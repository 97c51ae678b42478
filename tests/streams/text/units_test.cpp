#include "streams/text/units.hpp"

#include <string>

#include "tests/catch.hpp"

using namespace std::chrono_literals;
using text::Notation;

namespace {

// With a unit, in microseconds.
const Notation strict{.units = std::span(text::time_units).subspan(1),
                      .step = 1'000,
                      .max = std::numeric_limits<std::int64_t>::max(),
                      .bare = {},
                      .what = "a time",
                      .form = "write 5ms"};
// Seconds without one, in nanoseconds.
const Notation easy{.units = text::time_units,
                    .max = std::numeric_limits<std::int64_t>::max(),
                    .bare = "s",
                    .compound = true,
                    .what = "a time",
                    .too_large = "is too much",
                    .form = "write 5ms"};
const Notation count{.units = text::count_units, .bare = {}, .what = "a count", .form = "write 5k"};

}  // namespace

TEST_CASE("a whole number and a unit are read in the steps of their notation") {
  CHECK(parse_whole("250ms", strict).value == 250'000);
  CHECK(parse_whole("2h", strict).value == 7'200'000'000);
  CHECK(parse_whole("2h", easy).value == 7'200'000'000'000);
  CHECK(parse_whole("3k", count).value == 3'000);
  CHECK(parse_whole("3", count).value == 3);
}

TEST_CASE("a number without a unit is in the bare one, and without that only nothing is a number") {
  CHECK(parse_whole("3", easy).value == 3'000'000'000);
  CHECK(parse_whole("0", strict));
  CHECK(parse_whole("00", strict).value == 0);
  CHECK(parse_whole("3", strict).error == "\"3\" has no unit; write 5ms");
}

TEST_CASE("what is no quantity is refused, with the way to write one") {
  for (const std::string_view text : {"", "s", "-1s", "+1s", "1 s", " 1s", "1s ", "1S", "1s2",
                                      "1e3s", "0x1s", "inf", "nan", ".", "7d"}) {
    CAPTURE(text);
    const std::string error = '"' + std::string{text} + "\" is not a time; write 5ms";
    CHECK(parse_whole(text, strict).error == error);
    CHECK(parse_rounded(text, easy).error == error);
    CHECK(parse_decimal(text, easy).error == error);
  }
  CHECK(parse_whole("5ns", strict).error == "\"5ns\" is not a time; write 5ms");
  CHECK(parse_whole("1.5s", easy).error == "\"1.5s\" is not a time; write 5ms");
}

TEST_CASE("several quantities stand together, from the largest unit down, where that is allowed") {
  struct Row {
    std::string_view text;
    std::uint64_t nanoseconds;
  };
  const Row rows[] = {{"1m30s", 90'000'000'000},
                      {"1h1m1s1ms1us1ns", 3'661'001'001'001},
                      {"1h1ns", 3'600'000'000'001},
                      {"0h0s", 0},
                      {"1m1.5s", 61'500'000'000},
                      {"90s500ms", 90'500'000'000},
                      {"2562047h47m16s854775807ns", 9'223'372'036'854'775'807}};
  for (const auto& [text, nanoseconds] : rows) {
    CAPTURE(text);
    const auto parsed = parse_rounded(text, easy);
    CHECK(parsed.error.empty());
    CHECK(parsed.value == nanoseconds);
  }
  for (const std::string_view text : {"1m30", "30s1m", "1s1s", "1m 30s", "m30s", "1m.s", "1m-1s"}) {
    CAPTURE(text);
    CHECK(parse_rounded(text, easy).error.find("is not a time") != std::string::npos);
  }
  CHECK(parse_rounded("2562047h47m16s854775808ns", easy).error.find("is too much") !=
        std::string::npos);
  CHECK_FALSE(parse_whole("1m30s", strict));
}

TEST_CASE("a quantity may have a fraction where it is asked for, rounded to a step or not at all") {
  CHECK(parse_rounded("1.5ms", easy).value == 1'500'000);
  CHECK(parse_rounded("0.1", easy).value == 100'000'000);
  CHECK(parse_rounded(".2s", easy).value == 200'000'000);
  CHECK(parse_rounded("1.6ns", easy).value == 2);
  CHECK(parse_decimal("1.6ns", easy).value == 1.6);
  CHECK(parse_decimal("1.5M", count).value == 1'500'000);
}

TEST_CASE("a quantity that does not fit is too large, never wrapped") {
  CHECK(parse_whole("9223372036854775807us", strict).value == 9'223'372'036'854'775'807);
  for (const std::string_view text :
       {"9223372036854775808us", "2562047788016h", "99999999999999999999us"}) {
    CAPTURE(text);
    const auto parsed = parse_whole(text, strict);
    CHECK(parsed.error == '"' + std::string{text} + "\" is too large; write 5ms");
    CHECK(parsed.value == 0);
  }
  CHECK(parse_rounded("2562047h", easy));
  CHECK(parse_rounded("2562048h", easy).error == "\"2562048h\" is too much; write 5ms");
  CHECK(parse_whole("18446744073709551615", count));
  CHECK(parse_whole("18446744073709551616", count).error ==
        "\"18446744073709551616\" is too large; write 5k");
  CHECK(parse_whole("99999999999999999999", strict).error ==
        "\"99999999999999999999\" has no unit; write 5ms");
  CHECK(parse_decimal(std::string(400, '9'), count).error.ends_with("is too large; write 5k"));
}

TEST_CASE("durations and sizes are written in the largest unit that needs no fraction") {
  CHECK(text::format_duration(0us) == "0s");
  CHECK(text::format_duration(7ns) == "7ns");
  CHECK(text::format_duration(1500us) == "1500us");
  CHECK(text::format_duration(250ms) == "250ms");
  CHECK(text::format_duration(250'000'000ns) == "250ms");
  CHECK(text::format_duration(90s) == "90s");
  CHECK(text::format_duration(120min) == "2h");
  CHECK(text::format_duration(std::chrono::microseconds::max()) == "9223372036854775807us");
  CHECK(text::format_size(0) == "0B");
  CHECK(text::format_size(1000) == "1000B");
  CHECK(text::format_size(65536) == "64KiB");
  CHECK(text::format_size(3ULL << 30U) == "3GiB");
}

TEST_CASE("what is written is read back to the same value") {
  for (std::uint64_t n = 1; n < (1ULL << 62U); n = n * 3 + n % 2) {
    CHECK(parse_whole(text::format_duration(std::chrono::microseconds{n}), strict).value == n);
    CHECK(parse_whole(text::format_duration(std::chrono::nanoseconds{n}), easy).value == n);
  }
}

TEST_CASE("a decimal that no double holds is too large, and is not infinite") {
  const std::string nines(308, '9');
  CHECK(parse_decimal(nines, count).value > 9e307);
  CHECK(parse_decimal(nines + "k", count).error == '"' + nines + "k\" is too large; write 5k");
}
