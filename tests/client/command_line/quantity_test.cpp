#include "client/command_line/quantity.hpp"

#include "tests/catch.hpp"

using client::command_line::format_duration;
using client::command_line::format_size;
using client::command_line::parse_count;
using client::command_line::parse_duration;
using client::command_line::parse_rate;
using client::command_line::parse_size;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number and a unit") {
  CHECK(parse_duration("7ns").value == 7ns);
  CHECK(parse_duration("50us").value == 50us);
  CHECK(parse_duration("250ms").value == 250ms);
  CHECK(parse_duration("10s").value == 10s);
  CHECK(parse_duration("5m").value == 5min);
  CHECK(parse_duration("2h").value == 2h);
  CHECK(parse_duration("1m30s").value == 90s);
  CHECK(parse_duration("1h30m").value == 90min);
}

TEST_CASE("a duration without a unit is seconds, as ping(8) has it") {
  CHECK(parse_duration("2").value == 2s);
  CHECK(parse_duration("0").value == 0s);
  CHECK(parse_duration("0.2").value == 200ms);
  CHECK(parse_duration(".2").value == 200ms);
}

TEST_CASE("a duration may have a fraction, rounded to nanoseconds") {
  CHECK(parse_duration("1.5ms").value == 1500us);
  CHECK(parse_duration("0.1").value == 100ms);
  CHECK(parse_duration("1.6ns").value == 2ns);
}

TEST_CASE("what is not a duration is refused, with the way to write one") {
  for (const char* text : {"", "s", "1x", "1 s", "-1s", "+1", "1e3", "inf", "nan", "0x1", "1s2",
                           ".", "5sec", "30s1m", "1m 30s"}) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    CHECK_FALSE(parsed);
    CHECK(parsed.error == '"' + std::string{text} +
                              "\" is not a duration; write a number and one of ns, us, ms, s, m, "
                              "h, as in 250ms or 1m30s; without a unit it is seconds");
  }
}

TEST_CASE("a duration of more than 292 years is refused") {
  CHECK(parse_duration("2562047h"));
  for (const char* text : {"2562048h", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK(parse_duration(text).error.find("too large for a duration") != std::string::npos);
  }
}

TEST_CASE("a size is a whole number of bytes, of thousands of them or of binary units") {
  CHECK(parse_size("1k").value == 1000);
  CHECK(parse_size("1kB").value == 1000);
  CHECK(parse_size("1KB").value == 1000);
  CHECK(parse_size("64MB").value == 64'000'000);
  CHECK(parse_size("2GB").value == 2'000'000'000);
  CHECK(parse_size("0").value == 0);
  CHECK(parse_size("100").value == 100);
  CHECK(parse_size("100B").value == 100);
  CHECK(parse_size("64KiB").value == 65536);
  CHECK(parse_size("3MiB").value == 3U << 20U);
  CHECK(parse_size("2GiB").value == 1ULL << 31U);
}

TEST_CASE("a size has no fraction, no sign and no unit that could mean two things") {
  for (const char* text :
       {"", "-1", "1.5KiB", "64K", "64M", "64G", "64kib", "KiB", " 1", "1KiB1B"}) {
    CAPTURE(text);
    CHECK(parse_size(text).error.find("is not a size; write a whole number") != std::string::npos);
  }
}

TEST_CASE("a size of more than 64 bits is refused") {
  CHECK(parse_size("18446744073709551615"));
  for (const char* text : {"18446744073709551616", "17179869184GiB"}) {
    CAPTURE(text);
    CHECK(parse_size(text).error.find("too large for a size") != std::string::npos);
  }
}

TEST_CASE("a count is a whole number, in thousands or millions where it says so") {
  CHECK(parse_count("0").value == 0);
  CHECK(parse_count("18446744073709551615").value == 18'446'744'073'709'551'615ULL);
  CHECK(parse_count("20k").value == 20'000);
  CHECK(parse_count("3M").value == 3'000'000);
  for (const char* text : {"", "k", "-5", "+5", "1.5", "1.5k", "0x10", "1e3", "5 ", "5x"}) {
    CAPTURE(text);
    CHECK(parse_count(text).error.find("is not a whole number; write one") != std::string::npos);
  }
  CHECK(parse_count("18446744073709551616").error.find("is too large") != std::string::npos);
  CHECK(parse_count("18446744073709552k").error.find("is too large") != std::string::npos);
}

TEST_CASE("a rate is a number a second, in thousands or millions where it says so") {
  CHECK(parse_rate("0").value == 0);
  CHECK(parse_rate("1000").value == 1000);
  CHECK(parse_rate("0.5").value == 0.5);
  CHECK(parse_rate("50k").value == 50'000);
  CHECK(parse_rate("50K").value == 50'000);
  CHECK(parse_rate("1G").value == 1'000'000'000);
  CHECK(parse_rate("1.5M").value == 1'500'000);
  for (const char* text : {"", "k", "-5", "5m", "5/s", "5kk"}) {
    CAPTURE(text);
    CHECK(parse_rate(text).error.find("is not a rate; write a number per second") !=
          std::string::npos);
  }
}

TEST_CASE("a duration is written in the largest unit that needs no fraction, and reads back") {
  CHECK(format_duration(0ns) == "0s");
  CHECK(format_duration(1500us) == "1500us");
  CHECK(format_duration(250ms) == "250ms");
  CHECK(format_duration(10s) == "10s");
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(2h) == "2h");
  for (const auto duration : {1ns, 999'999ns, 86'400'000'000'000ns}) {
    CHECK(parse_duration(format_duration(duration)).value == duration);
  }
}

TEST_CASE("a size is written in the largest unit that needs no fraction, and reads back") {
  CHECK(format_size(0) == "0B");
  CHECK(format_size(1500) == "1500B");
  CHECK(format_size(65536) == "64KiB");
  CHECK(parse_size(format_size(3ULL << 30U)).value == 3ULL << 30U);
}
