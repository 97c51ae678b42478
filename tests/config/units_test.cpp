#include "config/units.hpp"

#include <limits>

#include "tests/catch.hpp"

using config::format_duration;
using config::format_size;
using config::parse_duration;
using config::parse_size;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number and a unit, or several from the largest down", "[units]") {
  struct Row {
    std::string_view text;
    std::chrono::microseconds value;
  };
  const Row rows[] = {
      {"0", 0us},          {"0s", 0us},
      {"50us", 50us},      {"250ms", 250ms},
      {"1s", 1s},          {"5m", 5min},
      {"2h", 2h},          {"90s", 90s},
      {"1m30s", 90s},      {"1h0m1s500ms", 3601500ms},
      {"1.5s", 1500ms},    {"0.25ms", 250us},
      {"1m0.5s", 60500ms}, {"0001s", 1s},
      {"00", 0us},         {"9223372036854775807us", std::chrono::microseconds::max()}};
  for (const auto& [text, value] : rows) {
    const auto parsed = parse_duration(text);
    INFO(text << ": " << parsed.error);
    REQUIRE(parsed);
    CHECK(parsed.value == value);
  }
}

TEST_CASE("a size is a whole number of bytes with or without a binary unit", "[units]") {
  struct Row {
    std::string_view text;
    std::uint64_t value;
  };
  const Row rows[] = {{"0", 0},
                      {"0B", 0},
                      {"8192", 8192},
                      {"8192B", 8192},
                      {"64KiB", 65536},
                      {"1MiB", 1048576},
                      {"2GiB", 2147483648},
                      {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()}};
  for (const auto& [text, value] : rows) {
    const auto parsed = parse_size(text);
    INFO(text << ": " << parsed.error);
    REQUIRE(parsed);
    CHECK(parsed.value == value);
  }
}

TEST_CASE("what is no duration is refused with the units there are", "[units]") {
  const std::string form =
      "; write a number and one of us, ms, s, m, h, as in \"250ms\" or \"1m30s\"";
  for (std::string_view text :
       {"", "s", "-1s", "+1s", "1.5.s", "1 s", " 1s", "1s ", "1d", "1S", "1min", "1e3s", "0x1s",
        "1m30", "30s1m", "1s1s", "1m 30s", "5sec"}) {
    INFO(text);
    CHECK(parse_duration(text).error == "\"" + std::string{text} + "\" is not a duration" + form);
  }
  CHECK(parse_duration("10").error == "\"10\" has no unit" + form);
}

TEST_CASE("what is no size is refused with the units there are", "[units]") {
  const std::string form = "; write a whole number and one of B, KiB, MiB, GiB, as in \"64KiB\"";
  for (std::string_view text :
       {"", "KiB", "-1", "1.5KiB", "64KB", "64MB", "64K", "64k", "64kib", "64 KiB", "1TiB"}) {
    INFO(text);
    CHECK(parse_size(text).error == "\"" + std::string{text} + "\" is not a size" + form);
  }
}

TEST_CASE("a number that does not fit is too large, never wrapped", "[units]") {
  for (std::string_view text : {"9223372036854775808us", "2562047789h", "18446744073709551616s",
                                "99999999999999999999999us", "99999999999999999999999"}) {
    INFO(text);
    const auto parsed = parse_duration(text);
    CHECK_FALSE(parsed);
    CHECK(parsed.value == 0us);
  }
  CHECK(parse_duration("2562047788h").value == 2562047788h);
  CHECK(parse_duration("2562047789h").error.find("is too large") != std::string::npos);

  for (std::string_view text : {"18446744073709551616", "17179869184GiB", "18014398509481984KiB"}) {
    INFO(text);
    CHECK(parse_size(text).error.find("is too large") != std::string::npos);
  }
  CHECK(parse_size("17179869183GiB").value == 17179869183ULL << 30U);
}

TEST_CASE("durations and sizes are written in the largest exact unit", "[units]") {
  CHECK(format_duration(0us) == "0s");
  CHECK(format_duration(1us) == "1us");
  CHECK(format_duration(1500us) == "1500us");
  CHECK(format_duration(250ms) == "250ms");
  CHECK(format_duration(90s) == "90s");
  CHECK(format_duration(10min) == "10m");
  CHECK(format_duration(120min) == "2h");
  CHECK(format_size(0) == "0B");
  CHECK(format_size(1000) == "1000B");
  CHECK(format_size(8192) == "8KiB");
  CHECK(format_size(65537) == "65537B");
  CHECK(format_size(1048576) == "1MiB");
  CHECK(format_size(3ULL << 30U) == "3GiB");
}

TEST_CASE("what is written is read back to the same value", "[units]") {
  for (std::uint64_t n = 1; n < (1ULL << 62U); n = n * 3 + n % 2) {
    CHECK(parse_size(format_size(n)).value == n);
    const std::chrono::microseconds duration{static_cast<std::int64_t>(n)};
    CHECK(parse_duration(format_duration(duration)).value == duration);
  }
}
